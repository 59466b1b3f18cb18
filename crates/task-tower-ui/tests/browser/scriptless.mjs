// The dashboard without JavaScript.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const WITHOUT = [{ javaScriptEnabled: false }];

browse("without JavaScript a list is filtered, and leads to a job that is requeued", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  const [[id, queue]] = await desk.sql("SELECT id, queue FROM task_tower.jobs WHERE state = 'dead' AND queue LIKE 'queue-%' ORDER BY id DESC LIMIT 1");
  await visit(page, desk.at("jobs?q=state:dead"));

  await page.getByRole("textbox", { name: "Queue" }).fill(queue);
  await page.getByRole("button", { name: "Filter" }).click();
  const queues = await page.locator("tbody tr td:nth-child(3)").allInnerTexts();
  assert.deepEqual([...new Set(queues)], [queue]);

  await page.locator(`a[href$="${id}"]`).click();
  await page.getByRole("button", { name: "Requeue" }).click();
  await page.locator("h1 .badge", { hasText: "Enqueued" }).waitFor();
  const [[state]] = await desk.sql(`SELECT state FROM task_tower.jobs WHERE id = '${id}'`);
  assert.equal(state, "enqueued");
});

browse("without JavaScript a queue is paused and resumed", WITHOUT, async (page) => {
  const desk = await open({ data: "seed", database: "scriptless" });
  await visit(page, desk.at("queues"));

  await page.getByRole("button", { name: "Pause queue-21", exact: true }).click();
  await page.getByRole("button", { name: "Resume queue-21", exact: true }).click();
  await page.getByRole("button", { name: "Pause queue-21", exact: true }).waitFor();
});
