// Looks at a page in a real browser, light, dark and as it is printed, and says what it saw.
//
//   node look.mjs MODULES BROWSER PAGE.html SCREENSHOTS [SEARCH]
//
// MODULES is the folder with the installed package.json, BROWSER the path of Chromium, SCREENSHOTS a folder. Prints
// {"serious": what axe-core finds, "errors": of the page, "requests": what it asked the network for, "sections": how
// many are shown after SEARCH was typed, "tied": how many boxes stand out when the first one has the
// focus, "unfolded": whether what can be unfolded was}. Nothing is loaded.

import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, executablePath, file, folder, search] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath, args: flags });
try {
  const seen = { serious: [], errors: [], requests: [] };
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 }, bypassCSP: true });
    page.on("pageerror", (error) => seen.errors.push(String(error)));
    page.on("request", (request) => request.url().startsWith("file:") || seen.requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: join(folder, `${basename(file, ".html")}-${colorScheme}.png`) });
    await page.addScriptTag({ path: join(modules, "node_modules", "axe-core", "axe.min.js") });
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { id, impact, nodes } of violations)
      if (["serious", "critical"].includes(impact)) seen.serious.push([colorScheme, id, nodes[0].html.slice(0, 200)]);
    if (search && colorScheme === "light") {
      await page.fill("input[type=search]", search);
      seen.sections = await page.locator("section:visible").count();
    }
    const boxes = page.locator(".box");
    if (colorScheme === "dark" && (await boxes.count())) {
      await boxes.first().focus();
      seen.tied = await page.locator(".box:not(.faded)").count();
    }
    const details = page.locator("details");
    seen.unfoldable = await details.count();
    if (seen.unfoldable) {
      await details.first().locator("summary").first().click();
      seen.unfolded = await details.first().evaluate((one) => one.open);
    }
    if (colorScheme === "light") {
      await page.emulateMedia({ media: "print" });
      await page.screenshot({ path: join(folder, `${basename(file, ".html")}-print.png`), fullPage: true });
    }
    await page.close();
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
