// A reader's walk through the book in a real browser: node book/walk.mjs FOLDER BROWSER [PICTURES]
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join, normalize, relative } from "node:path";

const require = createRequire(new URL("../auditor/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

const [folder, executablePath, pictures] = process.argv.slice(2);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".wasm": "application/wasm" };
const server = createServer(async (request, answer) => {
  const name = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname)).replace(/\/$/, "/index.html");
  try {
    const content = await readFile(join(folder, name));
    answer.writeHead(200, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" }).end(content);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${server.address().port}/`;
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html") && !name.startsWith("_static/")).sort();

// Each page without an error, a failed request or a request to elsewhere, no wider than the window, and fit for all readers;
// opened in one scheme, and changed to the other as it stands, where what can differ, its colours and its width, is looked at again.
async function look(width, schemes) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: schemes[0] });
  const found = [];
  const work = [...names];
  const walker = async () => {
    const page = await context.newPage();
    page.setDefaultTimeout(180_000); // guards against hanging only
    let name = "";
    let scheme = schemes[0];
    const fault = (text) => found.push(`${width} px, ${scheme}, ${name}: ${text}`);
    page.on("console", (message) => message.type() === "error" && fault(message.text()));
    page.on("pageerror", (error) => fault(String(error)));
    page.on("requestfailed", (request) => !/ERR_ABORTED/.test(request.failure().errorText) && fault(`${request.url()} failed`));
    page.on("response", (response) => response.status() >= 400 && fault(`${response.url()} gave ${response.status()}`));
    page.on("request", (request) => !request.url().startsWith(home) && !/^(data|blob):/.test(request.url()) && fault(`asked for ${request.url()}`));
    const seen = async (rules) => {
      const [wide, theme] = await page.evaluate(async () => {
        await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)));
        return [document.documentElement.scrollWidth - innerWidth, document.documentElement.dataset.theme];
      });
      if (wide > 0) fault(`${wide} pixels wider than the window`);
      if (theme !== scheme && !name.startsWith("auditor/")) fault(`is ${theme}`);
      const report = await page.evaluate((runOnly) => axe.run({ resultTypes: ["violations"], ...(runOnly && { runOnly }) }), rules);
      for (const one of report.violations.filter((v) => ["serious", "critical"].includes(v.impact))) fault(`${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 200)}`);
      if (pictures) await page.screenshot({ path: join(pictures, `${name.replaceAll("/", "_")}-${width}-${scheme}.png`), fullPage: true });
    };
    while ((name = work.shift())) {
      await page.emulateMedia({ colorScheme: (scheme = schemes[0]) });
      await page.goto(home + name, { waitUntil: "load" });
      await page.evaluate(axe);
      await seen();
      await page.emulateMedia({ colorScheme: (scheme = schemes[1]) });
      await page.waitForFunction((now) => [undefined, now].includes(document.documentElement.dataset.theme), scheme, { timeout: 10_000 }).catch(() => null);
      await seen(["color-contrast"]);
    }
    await page.close();
  };
  await Promise.all([walker(), walker()]);
  await context.close();
  return found;
}

async function use(width, scheme) {
  const page = await (await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme, acceptDownloads: true })).newPage();
  page.setDefaultTimeout(180_000);

  await page.goto(`${home}ledger.html`);
  const rows = page.locator(".ledger tbody tr:visible");
  const all = await rows.count();
  await page.locator('[data-filter="verdict"]').selectOption("fails");
  const failing = await rows.count();
  assert.ok(failing > 0 && failing < all, `${failing} of ${all} claims fail`);
  assert.equal(await page.locator(".count").textContent(), `${failing} of ${all} claims`);
  assert.ok((await rows.locator(".verdict").allTextContents()).every((word) => word === "fails"));
  await page.reload();
  assert.equal(await rows.count(), failing, "the address keeps the filter");
  await page.locator('[data-filter="verdict"]').selectOption("");
  await page.locator('[data-filter="words"]').fill("tokens week");
  const worded = await rows.count();
  assert.ok(worded > 0 && worded < all, `${worded} claims have both words`);
  await page.locator('[data-filter="words"]').fill("");
  const first = () => rows.first().locator("th").textContent();
  const top = await first();
  await page.locator("th button").first().click();
  assert.equal(await first(), top);
  await page.locator("th button").first().click();
  assert.notEqual(await first(), top, "a second click turns the order round");
  assert.equal(await page.locator('th[aria-sort="descending"]').count(), 1);
  await rows.first().locator("a").click();
  await page.waitForURL(/articles\/.*#\w+$/);
  assert.ok(await page.locator("section.claim:target").isVisible());
  await page.locator("section.claim:target details summary").last().click();
  assert.ok(await page.locator("section.claim:target details[open]").isVisible());

  await page.goto(`${home}search.html?q=tokens`);
  await page.locator("#search-results li a").first().waitFor({ timeout: 60_000 });
  const href = await page.locator("#search-results li a").first().getAttribute("href");
  assert.equal((await page.request.get(new URL(href, page.url()).href)).status(), 200, "search leads to a page");

  await page.goto(`${home}gallery/index.html`);
  const shown = page.locator("a.thumb:visible");
  const figures = await shown.count();
  await page.locator('[data-thumbs="theme"]').selectOption("convergence");
  const some = await shown.count();
  assert.ok(some > 0 && some < figures);
  await page.goto(`${home}gallery/convergence.html`);
  for (const kind of ["svg", "pdf", "png", "csv"]) {
    const link = page.locator(`figcaption a[href$=".${kind}"]`).first();
    const path = relative(home, new URL(await link.getAttribute("href"), page.url()).href);
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    assert.deepEqual(await readFile(await download.path()), await readFile(join(folder, path)), `${path} is the file itself`);
  }

  await page.goto(`${home}explore.html`);
  const stories = await page.locator("section.story").count();
  for (let place = 0; place < stories; place++) {
    const story = page.locator("section.story").nth(place);
    const told = () => story.locator(".told").textContent();
    const before = await told();
    const marked = await story.locator("circle.mark").first().getAttribute("cx");
    const slider = story.locator('input[type="range"]').first();
    await slider.focus();
    for (let step = 0; step < 6; step++) await page.keyboard.press("ArrowRight");
    assert.notEqual(await told(), before, `story ${place}: the slider changes what is said`);
    assert.notEqual(await story.locator("line.chosen").getAttribute("x1"), marked);
    assert.equal((await story.locator("svg title").textContent()).includes((await story.locator(".told span").first().textContent()).trim()), true);
    if (pictures) await story.screenshot({ path: join(pictures, `story-${place}-${width}-${scheme}.png`) });
  }
  const choice = page.locator("section.story select").first();
  const story = page.locator("section.story", { has: page.locator("select") }).first();
  const before = await story.locator(".told").textContent();
  await choice.selectOption({ label: "all" });
  assert.notEqual(await story.locator(".told").textContent(), before, "listed or undominated prices differ");

  if (names.includes("auditor/index.html")) {
    await page.goto(`${home}auditor/index.html`);
    await page.getByText("Python is ready.").waitFor({ timeout: 120_000 });
  }
  await page.context().close();
  return `${all} claims, ${figures} figures, ${stories} stories`;
}

try {
  for (const [width, ...schemes] of [[1440, "light", "dark"], [390, "dark", "light"]]) {
    const begun = performance.now();
    const faults = await look(width, schemes);
    assert.equal(faults.length, 0, faults.join("\n"));
    console.log(`${width} px, ${schemes.join(" and ")}: ${names.length} pages without a fault; ${await use(width, schemes[0])}; ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  }
} finally {
  await browser.close();
  server.close();
}
