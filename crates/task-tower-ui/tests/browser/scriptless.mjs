// The dashboard without JavaScript.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const WITHOUT = [{ javaScriptEnabled: false }];

browse("without JavaScript a list is filtered, and leads to a job that is requeued", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  const [[id, queue]] = await desk.sql("SELECT id, queue FROM task_tower.jobs WHERE state = 'dead' AND queue LIKE 'queue-%' ORDER BY id DESC LIMIT 1");
  await visit(page, desk.at("jobs?q=state:dead"));

  await page.getByRole("textbox", { name: "Add a filter" }).fill(`queue:${queue}`);
  await page.keyboard.press("Enter");
  await page.locator(".chip", { hasText: `queue:${queue}` }).waitFor();
  const queues = await page.locator("tbody td.queue").allInnerTexts();
  assert.deepEqual([...new Set(queues)], [queue]);

  await page.locator(`[data-row-id="${id}"] a[href^="jobs/"]`).click();
  await page.getByRole("button", { name: "Requeue" }).click();
  await page.locator("h1 .badge", { hasText: "Enqueued" }).waitFor();
  const [[state]] = await desk.sql(`SELECT state FROM task_tower.jobs WHERE id = '${id}'`);
  assert.equal(state, "enqueued");
});

browse("without JavaScript jobs are picked and counted, and the return key presses no button", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  await visit(page, desk.at("jobs?q=state:scheduled"));
  const boxes = page.locator("tbody input[type=checkbox]");

  await boxes.nth(0).check();
  await boxes.nth(2).check();
  const counted = await page.locator(".picked").evaluate((place) => getComputedStyle(place, "::before").content);
  await boxes.nth(2).press("Enter");
  await page.locator(".picked-bar summary").press("Enter");
  await page.getByRole("textbox", { name: "To queue" }).press("Enter");
  await page.locator(".picked-bar summary").press("Enter");
  const ids = await boxes.evaluateAll((all) => all.filter((box) => box.checked).map((box) => box.value));
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await page.getByText("Discarded 2 jobs.").waitFor();

  assert.equal(counted, "counter(picked)");
  const rows = await desk.sql(`SELECT count(*) FROM task_tower.jobs WHERE state = 'dead' AND id IN ('${ids.join("','")}')`);
  assert.equal(rows[0][0], "2");
});

browse("without JavaScript a queue is paused and resumed", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  await visit(page, desk.at("queues"));

  await page.getByRole("button", { name: "Pause queue-21", exact: true }).click();
  await page.getByRole("button", { name: "Resume queue-21", exact: true }).click();
  await page.getByRole("button", { name: "Pause queue-21", exact: true }).waitFor();
});

browse("without JavaScript one goes from job to job of a list, and back to it", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  await visit(page, desk.at("jobs?q=state:completed+sort:created"));
  const ids = await page.locator("[data-row-id]").evaluateAll((rows) => rows.map((row) => row.dataset.rowId));
  const isAt = (id) => page.locator("#job-id", { hasText: id }).waitFor();

  await page.locator(`[data-row-id="${ids[0]}"] a[href^="jobs/"]`).click();
  await isAt(ids[0]);
  assert.equal(await page.getByRole("link", { name: "Previous job of the list" }).count(), 0);
  await page.getByRole("link", { name: "Next job of the list" }).click();
  await isAt(ids[1]);
  await page.getByRole("link", { name: "Previous job of the list" }).click();
  await isAt(ids[0]);
  await page.locator(".crumbs").getByRole("link", { name: "Jobs" }).click();

  await page.locator(".chip", { hasText: "state:completed" }).waitFor();
});
