// Reads diagrams with the real Mermaid in a real browser and says what it saw in them.
//
//   node check.mjs MODULES BROWSER DIAGRAMS.json
//
// MODULES is the folder with the installed package.json, BROWSER the path of Chromium, DIAGRAMS.json an object of
// {"text": diagram, "draw": whether to draw it or only to parse it} under names. Prints a JSON object with the
// entities, relations and drawn texts of each diagram; one that Mermaid does not take is {"error": message} in it and
// makes the exit code 1. Nothing is loaded from the network.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, executablePath, file] = process.argv.slice(2);
const { chromium } = createRequire(join(modules, "package.json"))("playwright-core");

const browser = await chromium.launch({
  executablePath,
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  await page.route("**", (route) => route.abort());
  await page.addScriptTag({ path: join(modules, "node_modules", "mermaid", "dist", "mermaid.min.js") });
  const seen = await page.evaluate(readAll, JSON.parse(readFileSync(file, "utf8")));
  console.log(JSON.stringify(seen));
  process.exitCode = Object.values(seen).some((diagram) => diagram.error) ? 1 : 0;
} finally {
  await browser.close();
}

// Runs in the page.
async function readAll(diagrams) {
  const { mermaid } = globalThis;
  mermaid.initialize({ startOnLoad: false });
  const seen = {};
  for (const [number, [key, { text, draw }]] of Object.entries(diagrams).entries()) {
    try {
      const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
      const entities = [...db.getEntities()].map(([name, { id, alias, attributes }]) => ({ name, id, alias, attributes }));
      const names = new Map(entities.map(({ id, name }) => [id, name]));
      const relations = db.getRelationships().map(({ entityA, entityB, roleA, relSpec }) => ({
        from: names.get(entityA),
        to: names.get(entityB),
        label: roleA,
        ...relSpec,
      }));
      const { svg } = draw ? await mermaid.render(`diagram${number}`, text) : { svg: "" };
      const drawn = new DOMParser().parseFromString(svg, "text/html");
      const texts = [...drawn.querySelectorAll("foreignObject p, text")].map((node) => node.textContent);
      seen[key] = { entities, relations, texts };
    } catch (error) {
      seen[key] = { error: error.message };
    }
  }
  return seen;
}
