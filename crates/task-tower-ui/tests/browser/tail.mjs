// The log of a job shows its end and follows it, until somebody scrolls up to read.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const LINES = 300;

// A job that runs, and has logged so many lines already.
async function running(database) {
  const desk = await open({ data: "empty", database });
  await desk.sql("SELECT task_tower.enqueue('chatter')");
  await desk.sql("UPDATE task_tower.job SET state = 1, attempt = 1, lease = 1, worker_id = 1");
  const [[id]] = await desk.sql("SELECT id::text FROM task_tower.job LIMIT 1");
  await logs(desk, 1, LINES);
  return { desk, id };
}

// As a worker writes them.
async function logs(desk, from, to) {
  await desk.sql(`INSERT INTO task_tower.log (job_id, lease, number, attempt, at, level, target, message)
    SELECT id, 1, number, 1, now(), 3, 'shop', 'line ' || number FROM task_tower.job, generate_series(${from}, ${to}) AS number`);
  await desk.sql(`INSERT INTO task_tower.flush (worker_id, part, number) VALUES (1, 'log', 1)
    ON CONFLICT (worker_id, part) DO UPDATE SET number = flush.number + 1`);
}

const line = (page, number) => page.getByRole("cell", { name: `line ${number}`, exact: true });

const toEnd = (page) => page.locator("[data-tail]").evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

browse("a log is followed at its end, and stays where it is read", [{}], async (page) => {
  const { desk, id } = await running("tail");
  await visit(page, desk.at(`jobs/${id}`));
  await line(page, LINES).waitFor();
  assert.ok(await toEnd(page) < 2, "it does not begin at its end");

  await logs(desk, LINES + 1, LINES + 10);
  await line(page, LINES + 10).waitFor();
  assert.ok(await toEnd(page) < 2, "it does not follow");

  await page.locator("[data-tail]").evaluate((box) => { box.scrollTop = 250; });
  const read = await firstShown(page);
  await logs(desk, LINES + 11, LINES + 20);
  await line(page, LINES + 20).waitFor({ state: "attached" });
  assert.ok(await toEnd(page) > 100, "it moved to the end");
  assert.equal(await firstShown(page), read, "what is read has moved");

  await page.locator("[data-tail]").evaluate((box) => { box.scrollTop = box.scrollHeight; });
  await logs(desk, LINES + 21, LINES + 30);
  await line(page, LINES + 30).waitFor();
  assert.ok(await toEnd(page) < 2, "it does not follow again");
});

// The first line that can be read at present.
function firstShown(page) {
  return page.locator("[data-tail]").evaluate((box) => {
    const top = box.getBoundingClientRect().top;
    return [...box.querySelectorAll("tbody tr")].find((row) => row.getBoundingClientRect().top >= top).textContent;
  });
}

browse("without a script, a log can be read and filtered", [{ javaScriptEnabled: false }], async (page) => {
  const { desk, id } = await running("tail_scriptless");
  await page.goto(desk.at(`jobs/${id}`));
  assert.equal(await page.locator("[data-tail] tbody tr").count(), 40);

  await page.getByRole("link", { name: "Earlier lines" }).click();
  await page.getByText("line 221", { exact: true }).waitFor();
  await page.locator("#log").getByRole("link", { name: "Errors" }).click();
  await page.getByText("Nothing of this level was logged in this attempt.").waitFor();
});
