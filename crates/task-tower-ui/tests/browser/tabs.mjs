// Twenty pages that wait for news cost as much as one: the database is asked for all of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { processorMs } from "./fixture.mjs";
import { open } from "./support.mjs";

const TABS = 20;
// Not longer: a stream ends after twenty, and pages open the next one.
const SECONDS = 8;
const STATEMENTS_PER_SECOND_MAX = 5;
const SHARE_OF_A_PROCESSOR_MAX = 0.02;
// Connections are set up, and pulses felt until the last one has heard of it: it does not grow with the tabs.
const OPENING_MAX = 40;
// A page of the overview asks fifteen times, and now and then which server it is and what stands beside the navigation.
const PAGE_MAX = 18;

// A debug build needs a multiple of the time of a release build, as in budgets.mjs.
const LENIENCE = process.env.BIG === "1" ? 1 : 4;

test(`${TABS} tabs ask the database at most ${STATEMENTS_PER_SECOND_MAX} times a second`, async (context) => {
  const desk = await counting();
  const none = await cost(desk);

  const before = await asked(desk);
  const ears = await Promise.all(Array.from({ length: TABS }, () => listen(desk)));
  const opening = await asked(desk) - before;
  const all = await cost(desk);
  ears.forEach((ear) => ear.leave());

  const words = (told) => `${told.statements.toFixed(1)} statements a second, ${(told.share * 100).toFixed(1)} % of a processor`;
  context.diagnostic(`nobody: ${words(none)}; ${TABS} tabs: ${words(all)}, ${opening} statements to open them`);
  assert.ok(all.statements > none.statements, "nobody felt the pulse");
  assert.ok(all.statements <= STATEMENTS_PER_SECOND_MAX, words(all));
  assert.ok(all.share <= SHARE_OF_A_PROCESSOR_MAX * LENIENCE, words(all));
  assert.ok(opening <= OPENING_MAX, `${opening} statements to open them`);
});

test(`${TABS} pages that are opened at once ask the database at most ${PAGE_MAX} times each`, async (context) => {
  const desk = await counting();
  await look(desk);

  const before = await asked(desk);
  await Promise.all(Array.from({ length: TABS }, () => look(desk)));
  const all = await asked(desk) - before;

  context.diagnostic(`${all} statements for ${TABS} pages`);
  assert.ok(all > 0 && all <= TABS * PAGE_MAX, `${all} statements for ${TABS} pages`);
});

// A dashboard on a database that counts the statements it is asked, each when it ends.
async function counting() {
  const desk = await open({ data: "seed", database: "tabs" });
  await desk.sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  return desk;
}

async function look(desk) {
  const response = await fetch(desk.at("overview"));
  await response.arrayBuffer();
  assert.equal(response.status, 200);
}

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
  const before = [await asked(desk), processorMs()];
  await pause(SECONDS * 1_000);
  const after = [await asked(desk), processorMs()];
  return { statements: (after[0] - before[0]) / SECONDS, share: (after[1] - before[1]) / (SECONDS * 1_000) };
}

// How many statements have ended, without those that count them.
async function asked(desk) {
  const [[number]] = await desk.sql(`SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query NOT LIKE '%pg_stat_statements%'`);
  return Number(number);
}
