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

// What opens over a page: how, and what is then looked at.
const OVERLAYS = [
  ["jobs", "dialog[open]", (page) => page.keyboard.press("?")],
  ["jobs", "dialog[open]", (page) => page.keyboard.press("Control+k").then(() => page.getByRole("option").first().waitFor())],
  ["jobs", ".filter-box", suggest],
  ["jobs", ".filter-line", (page) => unfold(page, ".filter-line details")],
  ["jobs", ".filter-box", (page) => unfold(page, ".filter-help")],
  ["errors", ".filter-box", (page) => unfold(page, ".filter-help")],
  ["jobs", ".matching-bar", (page) => unfold(page, ".matching-bar details")],
  ["jobs", ".picked-bar", pick],
  ["enqueued", ".deeds-of-job", (page) => unfold(page, ".deeds-of-job details")],
  ["failed", ".deeds-of-job", (page) => unfold(page, ".deeds-of-job details")],
  ["dead", ".deeds-of-job", (page) => unfold(page, ".deeds-of-job details")],
];

const WIDE_ONLY = ["jobs", ".top", (page) => unfold(page, ".zone-menu")];
const NARROW_ONLY = ["jobs", ".drawer", (page) => page.locator(".menu-button").click()];

async function suggest(page) {
  await page.locator("input[data-filter]").focus();
  await page.keyboard.type("state:");
  await page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
}

async function pick(page) {
  await page.locator("[data-row-id] input[name=id]").first().check();
  await unfold(page, ".picked-bar details");
}

// Each that is there in this width, those within others as well.
async function unfold(page, selector) {
  const open = (all) => all.filter((one) => one.checkVisibility()).map((one) => { one.open = true; });
  const opened = await page.locator(selector).evaluateAll(open);
  assert.ok(opened.length > 0, `nothing unfolds at ${selector}`);
}

browse("axe finds nothing in what opens over a page, light or dark, wide or narrow", [{ viewport: WIDE }, { viewport: NARROW }], async (...pages) => {
  const desk = await open({ data: "seed" });
  const paths = { jobs: "jobs", errors: "errors" };
  for (const state of ["enqueued", "failed", "dead"]) paths[state] = await desk.jobIn(state);

  const found = [];
  await Promise.all(pages.map(async (page) => {
    const own = page.viewportSize().width === NARROW.width ? NARROW_ONLY : WIDE_ONLY;
    for (const [path, place, show] of [...OVERLAYS, own]) {
      await page.emulateMedia({ colorScheme: "light" });
      await visit(page, desk.at(paths[path]));
      await page.locator(".live-badge").waitFor();
      await show(page);
      await page.locator(place).waitFor();
      await page.evaluate(axe.source);
      found.push(...await violations(page, `${place}, light`, TAGS, place));
      await page.emulateMedia({ colorScheme: "dark" });
      found.push(...await violations(page, `${place}, dark`, COLOR_RULES, place));
    }
  }));

  assert.deepEqual(found, []);
});

browse("axe finds nothing in a toast, light or dark, wide or narrow", [{ viewport: WIDE }, { viewport: NARROW }], async (...pages) => {
  const desk = await open({ data: "empty", database: "accessibility" });

  const found = [];
  for (const page of pages) {
    await desk.sql("SELECT task_tower.enqueue('send_mail')");
    await visit(page, desk.at(await desk.jobIn("enqueued")));
    await page.locator('form.ask[action$="/cancel"]').evaluate((form) => form.submit());
    // It stays as long as somebody points at it.
    await page.locator(".toast").hover();
    await page.locator(".toast [data-command=undo]").waitFor();
    await page.evaluate(axe.source);
    found.push(...await violations(page, "a toast, light", TAGS));
    await page.emulateMedia({ colorScheme: "dark" });
    found.push(...await violations(page, "a toast, dark", COLOR_RULES));
  }

  assert.deepEqual(found, []);
});

async function violations(page, theme, runOnly, place) {
  const options = { runOnly, resultTypes: ["violations"] };
  const result = await page.evaluate(([within, chosen]) => axe.run(within ?? document, chosen), [place, options]);
  const where = `${page.url()}, ${theme}, ${page.viewportSize().width} wide`;
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${where}: ${id}: ${node.html}: ${node.failureSummary}`));
}
