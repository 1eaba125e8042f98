// Measures every slide at 1280 x 720 in a real browser: node seminar/measure.mjs FOLDER BROWSER [PICTURES]
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, executablePath, pictures] = process.argv.slice(2);
const decks = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
assert.ok(decks.length, `${folder}: has no slides; run make slides`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--allow-file-access-from-files"] });
try {
  const faults = [];
  for (const name of decks) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.on("console", (message) => message.type() === "error" && faults.push(`${name}: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`${name}: ${error}`));
    page.on("requestfailed", (request) => faults.push(`${name}: ${request.url()} failed`));
    page.on("request", (request) => !/^(file|data|blob):/.test(request.url()) && faults.push(`${name}: asked for ${request.url()}`));
    await page.goto(pathToFileURL(resolve(folder, name)).href);
    await page.waitForFunction(() => window.Reveal?.isReady());
    const count = await page.evaluate(() => Reveal.getTotalSlides());
    for (let number = 0; number < count; number++) {
      await page.evaluate((n) => Reveal.slide(n), number);
      await page.waitForFunction(() => [...Reveal.getCurrentSlide().querySelectorAll("img")].every((image) => image.complete));
      const found = await page.evaluate(() => {
        const slide = Reveal.getCurrentSlide();
        const boxes = [...slide.querySelectorAll("*")].map((one) => one.getBoundingClientRect()).filter((box) => box.width && box.height);
        const empty = [...slide.querySelectorAll("img")].filter((image) => !image.naturalWidth).map((image) => image.src);
        return { bottom: Math.max(...boxes.map((box) => box.bottom)), right: Math.max(...boxes.map((box) => box.right)), left: Math.min(...boxes.map((box) => box.left)), top: Math.min(...boxes.map((box) => box.top)), empty };
      });
      const { top, left, bottom, right, empty } = found;
      if (top < 0 || left < 0 || bottom > 720 || right > 1280) faults.push(`${name}, slide ${number + 1}: reaches from ${left.toFixed()}, ${top.toFixed()} to ${right.toFixed()}, ${bottom.toFixed()}`);
      for (const image of empty) faults.push(`${name}, slide ${number + 1}: no picture ${image}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name.replace(".html", "")}-${String(number + 1).padStart(2, "0")}.png`) });
    }
    console.log(`${name}: ${count} slides measured`);
    await page.close();
  }
  assert.deepEqual(faults, []);
} finally {
  await browser.close();
}
