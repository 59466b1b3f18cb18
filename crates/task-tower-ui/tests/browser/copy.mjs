// An id and code are copied by a button, which tells of it; without JavaScript there is no such button, and the id is picked whole.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const WITHOUT = [{ javaScriptEnabled: false }];

async function visitJob(page) {
  const desk = await open({ data: "empty", database: "copy" });
  await desk.sql(`SELECT task_tower.enqueue('send_mail', '{"text": "it''s"}') WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  const path = await desk.jobIn("enqueued");
  await visit(page, desk.at(path));
  return path.slice("jobs/".length);
}

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

browse("the id and the code are copied, and a toast tells of it", [{ permissions: ["clipboard-read", "clipboard-write"] }], async (page) => {
  const id = await visitJob(page);

  await page.getByRole("button", { name: "Copy id" }).click();
  await page.getByRole("status").filter({ hasText: "Copied the id." }).waitFor();
  assert.equal(await clipboard(page), id);

  await page.getByRole("button", { name: "Copy as curl" }).press("Enter");
  await page.getByRole("status").filter({ hasText: "Copied as curl." }).waitFor();
  const command = await clipboard(page);
  assert.ok(command.startsWith("curl -X POST 'http://") && command.endsWith(`'{"kind":"send_mail","payload":{"text":"it'\\''s"},"queue":"default","max_retries":10}'`), command);
  assert.equal(await page.locator(".toast").count(), 1);
});

browse("where there is no clipboard the text is copied as a selection, and selected when that is refused", [{}], async (page) => {
  const id = await visitJob(page);
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));

  await page.getByRole("button", { name: "Copy id" }).click();
  await page.getByRole("status").filter({ hasText: "Copied the id." }).waitFor();

  await page.evaluate(() => { document.execCommand = () => false; });
  await page.getByRole("button", { name: "Copy id" }).click();
  await page.getByRole("status").filter({ hasText: "does not let pages copy" }).waitFor();
  assert.equal(await page.evaluate(() => getSelection().toString().trim()), id);
});

browse("without JavaScript there is no button, and a click picks the whole id", WITHOUT, async (page) => {
  const id = await visitJob(page);

  assert.equal(await page.locator("[data-copy]:visible").count(), 0);
  assert.equal(await page.locator("#job-id").innerText(), id);
  assert.equal(await page.locator("#job-id").evaluate((place) => getComputedStyle(place).userSelect), "all");
});
