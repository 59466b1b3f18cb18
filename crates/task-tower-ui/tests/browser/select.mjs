// Rows are picked by boxes and by keys, on several pages, and held while they are.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

async function visitList(page, path) {
  const desk = await open({ data: "empty", database: "select" });
  await desk.sql(`
    SELECT task_tower.enqueue('kind_' || number % 2, queue => 'mail') FROM generate_series(1, 6) AS number
    WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  await visit(page, desk.at(path));
  await page.locator(".live-badge").waitFor();
}

const boxes = (page) => page.locator("[data-row-id] input[name=id]");

const bar = (page, picked) => page.locator(`[data-select-bar][data-selected="${picked}"]`);

browse("rows are picked by a click, a range, and keys, and hold the page", [{}], async (page) => {
  await visitList(page, "jobs");

  await boxes(page).nth(0).click();
  await boxes(page).nth(2).click({ modifiers: ["Shift"] });
  await bar(page, 3).waitFor();
  await page.locator(".live-badge.held:has-text('3 selected')").waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  const picked = await boxes(page).evaluateAll((all) => all.map((box) => box.checked));
  await page.keyboard.press("Escape");

  assert.deepEqual(picked, [true, true, true, true, true, false]);
  await bar(page, 0).waitFor({ state: "hidden" });
  await page.locator(".live-badge.live").waitFor();
});

browse("what is picked on one page is sent from another", [{}], async (page) => {
  await visitList(page, "jobs?q=kind%3Akind_1");
  const id = await boxes(page).first().inputValue();
  await boxes(page).first().click();

  await visitList(page, "jobs?q=kind%3Akind_0");
  await bar(page, 1).waitFor();
  await boxes(page).first().click();
  await bar(page, 2).waitFor();

  assert.deepEqual(await page.locator("[data-select-ids] input").evaluateAll((all) => all.map((input) => input.value)), [id]);
});
