// The made-up shop, which is on the pictures: its numbers agree with each other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { open } from "./support.mjs";

test("no more jobs ended within the hour than there are", async () => {
  const desk = await open({ data: "shop" });
  const [counted] = await desk.sql(`SELECT sum(completed), sum(dead), sum(cancelled) FROM task_tower.tally
    WHERE axis = 'all' AND step = 1 AND at > now() - interval '1 hour'`);
  const [kept] = await desk.sql(`SELECT count(*) FILTER (WHERE state = 3), count(*) FILTER (WHERE state = 4), count(*) FILTER (WHERE state = 5)
    FROM task_tower.history`);

  const isMore = counted.map((number, place) => Number(number) > Number(kept[place]));

  assert.ok(counted.every((number) => Number(number) > 0), counted.join());
  assert.deepEqual(isMore, [false, false, false], `${counted} of ${kept}`);
});

test("workers run jobs of their queues, and each kind that waits is known", async () => {
  const desk = await open({ data: "shop" });

  const strays = await desk.sql(`SELECT worker.host, job.queue FROM task_tower.job JOIN task_tower.worker ON worker.id = job.worker_id
    WHERE job.state = 1 AND job.queue <> ALL (worker.queues)`);
  const unknown = await desk.sql(`SELECT DISTINCT kind FROM task_tower.job WHERE NOT EXISTS (SELECT FROM task_tower.kind WHERE name = job.kind)
    OR NOT EXISTS (SELECT FROM task_tower.worker WHERE ended_at IS NULL AND job.kind = ANY (worker.kinds))`);

  assert.deepEqual([strays, unknown], [[], []]);
});
