// A reader's walk through the page in a real browser: node auditor/walk.mjs FOLDER BROWSER [PICTURES]
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, normalize } from "node:path";
import { chromium } from "playwright-core";

const [folder, executablePath, pictures] = process.argv.slice(2);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };
const server = createServer(async (request, answer) => {
  const name = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/^\/$/, "/index.html");
  try {
    answer.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" }).end(await readFile(join(folder, name)));
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
try {
  for (const [width, scheme] of [[1440, "light"], [390, "dark"]]) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
    const faults = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("requestfailed", (request) => faults.push(`${request.url()} failed`));
    page.on("request", (request) => !/^(http:\/\/127\.0\.0\.1:|data:|blob:)/.test(request.url()) && faults.push(`asked for ${request.url()}`));
    await page.goto(home);
    const begun = performance.now();
    await page.getByText("Python is ready.").waitFor({ timeout: 120_000 });
    const ready = (performance.now() - begun) / 1000;
    await page.getByRole("button", { name: "Use the worked example" }).click();
    await page.getByRole("button", { name: "Find its figures" }).click();
    await page.getByText(/claims and \d+ checks to confirm/).waitFor();
    const found = await page.locator("#claims tbody tr").count();
    assert.ok(found >= 12, `the example has ${found} claims`);
    await page.getByRole("button", { name: "Add a check" }).click();
    const row = page.locator("#checks tbody tr").last();
    await row.locator("td").nth(0).fill("F14");
    await row.locator("td").nth(2).fill("F14 > F06");
    await page.getByRole("button", { name: "Judge", exact: true }).click();
    await page.locator("#verdicts tbody tr").first().waitFor();
    assert.equal(await page.locator("#verdicts tbody tr").count(), found);
    assert.ok(await page.locator("#verdicts").getByText("F14 > F06").isVisible());
    await page.locator("#filter").fill("inconsistent");
    assert.ok((await page.locator("#verdicts tbody tr").count()) >= 1, "the wrong growth is found");
    await page.locator("#filter").fill("");
    for (const [label, start] of [["CSV", "id,source"], ["JSON", '{"counts"'], ["ClaimReview", '[{"@context"']]) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: label, exact: true }).click()]);
      assert.ok((await readFile(await download.path(), "utf8")).startsWith(start), label);
    }
    await row.locator("td").nth(2).fill("F14 >");
    await page.getByRole("button", { name: "Judge", exact: true }).click();
    await page.locator('#problem').getByText(/not an expression/).waitFor();
    await page.getByRole("button", { name: "Judge the four articles" }).click();
    await page.locator("#verdicts tbody tr").nth(100).waitFor();
    if (pictures) await page.screenshot({ path: join(pictures, `auditor-${width}.png`), fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels wider than the window`);
    const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    const report = await page.evaluate(`${axe}; axe.run()`);
    const serious = report.violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => `${v.id}: ${v.nodes[0].html}`);
    assert.deepEqual(serious, []);
    assert.deepEqual(faults, []);
    console.log(`${width} px, ${scheme}: ready after ${ready.toFixed(1)} s, ${found} claims, no fault`);
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
