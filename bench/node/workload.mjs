// The workloads of ../../crates/task-tower-bench/src/workload.rs for queues of Node, step by step the same.

import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";

const WARM_UP = 100;
const QUIET_MS = 500;
/** A backend that became idle keeps its counts to itself for up to ten seconds. */
const REPORT_MS = 11_000;

/** Runs the workload of the order; returns its figures, and whether it was cut off. */
export async function run(order, contender, ledger) {
  const { size } = order;
  switch (order.workload) {
    case "W1":
      return enqueue(contender, size, size.enqueued, 1);
    case "W1c":
      return enqueue(contender, size, size.enqueued_by_many, 16);
    case "W2":
      return bulk(contender, size.bulk);
    case "W3":
      return drain(contender, ledger, size);
    case "W4":
      return trickle(contender, ledger, size);
    case "W5":
      return load(contender, ledger, size);
    case "W6":
      return head(contender, ledger, size);
    case "W7":
      return rest(contender, ledger, order);
    default:
      throw new Error(`nobody here knows ${order.workload}`);
  }
}

const whole = (...figures) => ({ figures, cut: false });
const startClock = () => {
  console.log("begin");
  return performance.now();
};
const rate = (jobs, began) => (jobs * 1000) / (performance.now() - began);

async function enqueue(contender, size, jobs, callers) {
  const each = (work) => Promise.all(Array.from({ length: callers }, work));
  await each(async () => {
    for (let number = 0; number < Math.floor(WARM_UP / callers); number += 1) await contender.enqueue(number);
  });
  const began = performance.now();
  const end = began + size.enqueue_s * 1000;
  let next = 0;
  let count = 0;
  await each(async () => {
    while (performance.now() < end && next < jobs) {
      next += 1;
      await contender.enqueue(next - 1);
      count += 1;
    }
  });
  return whole(rate(count, began));
}

async function bulk(contender, jobs) {
  const began = performance.now();
  await contender.enqueueAll(0, jobs);
  return whole(rate(jobs, began));
}

async function drain(contender, ledger, size) {
  await contender.enqueueAll(0, size.drained);
  const began = startClock();
  await contender.start();
  if (!(await ledger.reaches(size.drained, size.patience_s))) return cutOff(ledger, began);
  await contender.stop();
  const drained = rate(size.drained, began);
  ledger.eachRanOnce(size.drained);
  await allAreRecorded(contender);
  return whole(drained);
}

async function head(contender, ledger, size) {
  await contender.enqueueAll(0, size.backlog);
  const began = startClock();
  await contender.start();
  if (!(await ledger.reaches(size.head, size.patience_s))) return cutOff(ledger, began);
  const first = rate(size.head, began);
  await contender.stop();
  ledger.noneRanTwice();
  return whole(first);
}

function cutOff(ledger, began) {
  const done = rate(ledger.runs, began);
  ledger.noneRanTwice();
  return { figures: [done], cut: true };
}

async function trickle(contender, ledger, size) {
  await contender.start();
  ledger.ask(0);
  await contender.enqueue(0);
  await firstRan(ledger, size);
  await sleep(QUIET_MS);
  startClock();
  let due = performance.now();
  for (let number = 1; number <= size.trickled; number += 1) {
    due = Math.max(due + 20, performance.now());
    await sleep(Math.max(0, due - performance.now()));
    ledger.ask(number);
    await contender.enqueue(number);
  }
  const asked = size.trickled + 1;
  const cut = !(await finish(contender, ledger, size, asked));
  const delays = ledger.delays(1, asked);
  return { figures: [50, 95, 99].map((percent) => percentile(delays, percent)), cut };
}

async function load(contender, ledger, size) {
  await contender.start();
  const began = startClock();
  const end = began + size.load_s * 1000;
  let asked = 0;
  const caller = async () => {
    while (performance.now() < end) {
      asked += 1;
      const number = asked - 1;
      ledger.ask(number);
      await contender.enqueue(number);
    }
  };
  const calls = Promise.all([caller(), caller(), caller(), caller()]);
  await sleep(end - performance.now());
  const completed = rate(ledger.runs, began);
  await calls;
  const cut = !(await finish(contender, ledger, size, asked));
  return { figures: [completed, percentile(ledger.delays(0, asked), 95)], cut };
}

/** Waits for all that was asked, and checks it; false when the patience ended before. */
async function finish(contender, ledger, size, asked) {
  if (!(await ledger.reaches(asked, size.patience_s))) {
    ledger.noneRanTwice();
    return false;
  }
  await contender.stop();
  ledger.eachRanOnce(asked);
  await allAreRecorded(contender);
  return true;
}

async function rest(contender, ledger, order) {
  await contender.start();
  await contender.enqueue(0);
  await firstRan(ledger, order.size);
  const probe = new pg.Client(order.url);
  await probe.connect();
  await sleep(REPORT_MS);
  startClock();
  const before = await usage(probe);
  await sleep(order.size.rest_s * 1000);
  const after = await usage(probe);
  await contender.stop();
  ledger.eachRanOnce(1);
  await probe.end();
  const seconds = (after.at - before.at) / 1000;
  const transactions = Math.max(0, after.transactions - before.transactions - 1);
  return whole(transactions / seconds, (100 * (after.cpu - before.cpu)) / seconds);
}

async function usage(probe) {
  const { rows } = await probe.query(
    "SELECT xact_commit + xact_rollback AS count FROM pg_stat_database WHERE datname = current_database()",
  );
  const { user, system } = process.cpuUsage();
  return { transactions: Number(rows[0].count), cpu: (user + system) / 1e6, at: performance.now() };
}

async function firstRan(ledger, size) {
  if (!(await ledger.reaches(1, size.patience_s))) {
    throw new Error(`the first job did not run within ${size.patience_s} s`);
  }
}

async function allAreRecorded(contender) {
  const count = await contender.unfinished();
  if (count > 0) throw new Error(`${count} jobs ran, but their completion is not recorded`);
}

function percentile(values, percent) {
  if (values.length === 0) return Number.NaN;
  values.sort((a, b) => a - b);
  return values[Math.min(Math.floor((values.length * percent) / 100), values.length - 1)];
}
