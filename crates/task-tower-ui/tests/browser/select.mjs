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

browse("three of the first page and two of the third are cancelled together", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "select_pages" });
  await desk.sql("SELECT task_tower.enqueue('kind', queue => 'mail') FROM generate_series(1, 140)");
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();

  const picked = [];
  const pick = async (place) => {
    picked.push(await boxes(page).nth(place).inputValue());
    await boxes(page).nth(place).click();
  };
  for (const place of [0, 2, 4]) await pick(place);
  for (const next of [1, 2]) {
    await page.getByRole("link", { name: "Older" }).click();
    await bar(page, 3).waitFor();
    assert.equal(await page.locator("[data-row-id] input:checked").count(), 0, `page ${next + 1} has none of them`);
  }
  for (const place of [1, 3]) await pick(place);
  await bar(page, 5).waitFor();
  await page.getByRole("button", { name: "Discard 5 jobs" }).click();
  await page.getByText("Discarded 5 jobs.").waitFor();

  const dead = await desk.sql("SELECT id FROM task_tower.jobs WHERE state = 'dead'");
  assert.deepEqual(dead.map(([id]) => id).sort(), picked.sort());
  assert.equal((await desk.sql("SELECT count(*) FROM task_tower.audit"))[0][0], "1");
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
