// Very large jobs: their page is of a usual size, is there at once, and does not hold up the browser.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const BYTES_MAX = 2 * 1024 * 1024;
const LOADED_MS_MAX = 3_000;
const FRAMES_MS_MAX = 500;

// Five megabytes of payload, and a stack of 100,000 lines.
const LARGE = `
  INSERT INTO task_tower.history (
    id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
    state, kind, queue, tags, payload, reason, events)
  SELECT task_tower.new_id(), now(), now(), now(), now(), 1, 2, 1, 1, 0, 0, 0, 4, kind, 'large', '{}', payload, 'retries',
         jsonb_build_array(jsonb_build_object(
             'event', 'failed', 'at', now(), 'attempt', 1, 'started_at', now(), 'worker_id', 1,
             'error', jsonb_build_object('kind', 'panic', 'message', message, 'details', details)))
  FROM (VALUES
    ('large_payload', jsonb_build_object('text', repeat('0123456789', 524288)), 'short', 'short'),
    ('many_fields', (SELECT jsonb_object_agg('key_' || number, number) FROM generate_series(1, 200000) AS number), 'short', 'short'),
    ('long_stack', '{}', 'short', (SELECT string_agg('at shop::frame_' || line || ' (src/shop.rs:' || line || ')', chr(10))
                                   FROM generate_series(1, 100000) AS line)),
    ('long_message', '{}', repeat('words ', 900000), NULL)
  ) AS job (kind, payload, message, details)
  RETURNING id, kind`;

browse("large jobs have pages of a usual size that answer to the reader", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "large" });

  for (const [id, kind] of await desk.sql(LARGE)) {
    await assertUsual(page, desk.at(`jobs/${id}`), kind);
  }
  await assertUsual(page, desk.at("jobs"), "the list");
});

async function assertUsual(page, url, name) {
  const began = Date.now();
  const response = await visit(page, url);
  const loaded = Date.now() - began;
  const { length } = await response.body();
  const frames = await page.evaluate(scrollToTheEnd);

  assert.ok(length < BYTES_MAX, `${name}: ${length} bytes`);
  assert.ok(loaded < LOADED_MS_MAX, `${name}: loaded after ${loaded} ms`);
  assert.ok(frames < FRAMES_MS_MAX, `${name}: two frames took ${frames} ms`);
}

async function scrollToTheEnd() {
  const began = performance.now();
  scrollTo(0, document.documentElement.scrollHeight);
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}
