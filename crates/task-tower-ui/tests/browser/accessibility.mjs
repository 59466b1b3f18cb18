// What axe finds, on every page, in both themes, wide and narrow.

import assert from "node:assert/strict";
import axe from "axe-core";
import { NARROW, WIDE, address, browse, open, routes, visit } from "./support.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

// The only rules that look at colors: the page is the same in both themes otherwise.
const COLOR_RULES = ["color-contrast", "link-in-text-block"];

browse("axe finds nothing on any page, light or dark, wide or narrow", [{ viewport: WIDE }, { viewport: NARROW }], async (...pages) => {
  const [full, empty] = [await open({ data: "seed" }), await open({ data: "empty" })];
  const all = [...routes.map((route) => [route, full]), ...routes.filter((route) => !route.needs).map((route) => [route, empty])];
  const seen = await Promise.all(all.map(async ([route, desk]) => [route, await address(route, desk)]));

  const found = [];
  await Promise.all(pages.map(async (page) => {
    for (const [route, url] of seen) {
      await page.emulateMedia({ colorScheme: "light" });
      await visit(page, url, route.status);
      await page.evaluate(axe.source);
      found.push(...await violations(page, "light", TAGS));
      await page.emulateMedia({ colorScheme: "dark" });
      found.push(...await violations(page, "dark", COLOR_RULES));
    }
  }));

  assert.deepEqual(found, []);
});

async function violations(page, theme, runOnly) {
  const options = { runOnly, resultTypes: ["violations"] };
  const result = await page.evaluate((chosen) => axe.run(document, chosen), options);
  const where = `${page.url()}, ${theme}, ${page.viewportSize().width} wide`;
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.html}: ${node.failureSummary}`));
}
