// Pictures of the pages, for people who have not started anything yet: `node screenshots.mjs <folder>`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { NARROW, WIDE, newPage, stop as stopBrowser, visit } from "./chromium.mjs";
import { open, stop as stopFixture } from "./fixture.mjs";
import { address, routes } from "./routes.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("say which folder the pictures go into");
mkdirSync(folder, { recursive: true });

const shop = await open({ data: "shop" });

try {
  for (const theme of ["light", "dark"]) {
    for (const [width, viewport] of [["wide", WIDE], ["narrow", NARROW]]) await takeAll(theme, width, viewport);
  }
} finally {
  await stopBrowser();
  await stopFixture();
}

async function takeAll(theme, width, viewport) {
  const page = await newPage({ theme, viewport });
  for (const route of routes.filter(({ picture }) => picture)) {
    await visit(page, await address(route, shop), route.status);
    const path = join(folder, `${route.name}-${theme}-${width}.png`);
    await page.screenshot({ path, animations: "disabled" });
    console.log(path);
  }
  if (page.problems.length > 0) throw new Error(page.problems.join("\n"));
  await page.context().close();
}
