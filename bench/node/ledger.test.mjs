import assert from "node:assert/strict";
import { test } from "node:test";

import { Ledger } from "./ledger.mjs";

test("a job that never ran is found", () => {
  const ledger = new Ledger();

  ledger.begin(0);
  ledger.begin(2);

  assert.throws(() => ledger.eachRanOnce(3), /job 1 of 3 never ran/);
});

test("a job that ran twice is found", () => {
  const ledger = new Ledger();

  ledger.begin(1);
  ledger.begin(1);

  assert.throws(() => ledger.noneRanTwice(), /job 1 ran more than once/);
});

test("who waits for too much gives up", async () => {
  const ledger = new Ledger();
  ledger.begin(0);

  assert.equal(await ledger.reaches(1, 60), true);
  assert.equal(await ledger.reaches(2, 0.001), false);
});
