// Twenty pages that wait for news cost as much as one: the database is asked for all of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { processorMs } from "./fixture.mjs";
import { open } from "./support.mjs";

const TABS = 20;
const SECONDS = 8;
// What is done once for each that comes is over and counted by then: a connection that rests tells of its last statements after ten seconds.
// Not much longer: a stream ends after twenty, and pages open the next one.
const WARM_UP_MS = 11_000;
const STATEMENTS_PER_SECOND_MAX = 5;
const SHARE_OF_A_PROCESSOR_MAX = 0.02;

// A debug build needs a multiple of the time of a release build, as in budgets.mjs.
const LENIENCE = process.env.BIG === "1" ? 1 : 4;

test(`${TABS} tabs ask the database at most ${STATEMENTS_PER_SECOND_MAX} times a second`, async (context) => {
  const desk = await open({ data: "seed", database: "tabs" });
  const none = await cost(desk);

  const ears = await Promise.all(Array.from({ length: TABS }, () => listen(desk)));
  await pause(WARM_UP_MS);
  const all = await cost(desk);
  ears.forEach((ear) => ear.leave());

  const words = (told) => `${told.statements.toFixed(1)} statements a second, ${(told.share * 100).toFixed(1)} % of a processor`;
  context.diagnostic(`nobody: ${words(none)}; ${TABS} tabs: ${words(all)}`);
  assert.ok(all.statements > none.statements, "nobody felt the pulse");
  assert.ok(all.statements <= STATEMENTS_PER_SECOND_MAX, words(all));
  assert.ok(all.share <= SHARE_OF_A_PROCESSOR_MAX * LENIENCE, words(all));
});

// One who has heard that the stream is open.
async function listen(desk) {
  const leaving = new AbortController();
  const response = await fetch(desk.at("events"), { signal: leaving.signal });
  const reader = response.body.getReader();
  const { value } = await reader.read();
  assert.match(new TextDecoder().decode(value), /event: hello/);
  reader.closed.catch(() => {});
  return { leave: () => leaving.abort() };
}

// What happens in a second, in the database and in the process of the server.
async function cost(desk) {
  const before = [await committed(desk), processorMs()];
  await pause(SECONDS * 1_000);
  const after = [await committed(desk), processorMs()];
  return { statements: (after[0] - before[0]) / SECONDS, share: (after[1] - before[1]) / (SECONDS * 1_000) };
}

// Each statement is a transaction of its own. A connection tells of them once a second.
async function committed(desk) {
  const [[number]] = await desk.sql("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()");
  return Number(number);
}
