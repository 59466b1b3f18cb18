// Pg-boss.

import pg from "pg";
import { PgBoss } from "pg-boss";

import { errand } from "./ledger.mjs";

const QUEUE = "errand";
/** "Number of workers to spawn for this queue": each fetches a batch at a time. */
const WORKERS = 4;
/** Jobs of one fetch. A worker hands all of them to the handler at once. */
const BATCH = 500;
const CONNECTIONS = 24;
const ROWS = 5_000;

export async function open(order, ledger) {
  const boss = new PgBoss({ connectionString: order.url, max: CONNECTIONS, useListenNotify: true });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE, { notify: true });
  const pool = new pg.Pool({ connectionString: order.url, max: 1 });
  return {
    async enqueue(number) {
      await boss.send(QUEUE, errand(number));
    },
    async enqueueAll(start, end) {
      for (let first = start; first < end; first += ROWS) {
        const jobs = [];
        for (let number = first; number < Math.min(end, first + ROWS); number += 1) jobs.push({ data: errand(number) });
        await boss.insert(QUEUE, jobs);
      }
    },
    async start() {
      // As its documentation advises for throughput: notifications wake workers, and while batches come back full they
      // fetch without pause.
      const options = { localConcurrency: WORKERS, batchSize: BATCH, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
      await boss.work(QUEUE, options, async (jobs) => {
        for (const job of jobs) ledger.begin(job.data.number);
      });
    },
    async stop() {
      await boss.stop({ graceful: true, close: true });
    },
    async unfinished() {
      const { rows } = await pool.query("SELECT count(*) FROM pgboss.job WHERE state <> 'completed'");
      return Number(rows[0].count);
    },
  };
}
