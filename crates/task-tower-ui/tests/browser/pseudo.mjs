// In another language words are longer, and none is left in English: also those that scripts write.

import assert from "node:assert/strict";
import { beyond } from "./layout.mjs";
import { NARROW, address, browse, open, routes, visit } from "./support.mjs";

const PSEUDO = { data: "seed", locale: "pseudo" };

browse("no page scrolls sideways in the pseudo-locale, and no control is beyond the edge", [{ viewport: NARROW }], async (page) => {
  const desk = await open(PSEUDO);
  for (const route of routes) {
    await visit(page, await address(route, desk), route.status);
    assert.deepEqual(await page.evaluate(beyond), [], route.name);
  }
});

// The words of these are written by scripts.
async function isTranslated(locator, what) {
  const words = (await locator.allInnerTexts()).join(" ").trim();
  assert.ok(words.length > 0, `${what} says nothing`);
  assert.ok(!/[A-Za-z]/.test(words), `${what} says ${words}`);
}

browse("what scripts say is translated", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "pseudo", locale: "pseudo" });
  await desk.sql("SELECT task_tower.enqueue('111', queue => '222') FROM generate_series(1, 3)");
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge.live").waitFor();

  await isTranslated(page.locator(".live-badge"), "the badge");
  await desk.sql("SELECT task_tower.enqueue('111', queue => '222')");
  await page.locator("[data-newcomers]").waitFor();
  await isTranslated(page.locator("[data-newcomers]"), "the pill");
  await page.waitForFunction(() => document.querySelector("[data-announcer]").textContent !== "");
  await isTranslated(page.locator("[data-announcer]"), "the announcement");
  await page.locator("[data-row-id] input[name=id]").first().check();
  await page.locator('[data-select-bar][data-selected="1"]').waitFor();
  await isTranslated(page.locator("[data-one]"), "the bar");
  await page.keyboard.press("Control+k");
  await page.getByRole("option").first().waitFor();
  await isTranslated(page.locator("[data-palette] [role=listbox]"), "the palette");
});
