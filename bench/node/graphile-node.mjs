// Graphile Worker, the original in Node.

import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

import { errand } from "./ledger.mjs";

/** "concurrentJobs + 2" connections, says its documentation of `maxPoolSize`; callers have a pool of their own. */
const CONCURRENT_JOBS = 24;
/** "If you have very high throughput and extremely fast tasks then a much higher number may make sense" (`localQueue.size`). */
const LOCAL_QUEUE = 500;
const CALLER_CONNECTIONS = 16;
const ROWS = 5_000;

export async function open(order, ledger) {
  const concurrentJobs = order.slots ?? CONCURRENT_JOBS;
  const logger = new Logger(() => () => {});
  const pool = new pg.Pool({ connectionString: order.url, max: CALLER_CONNECTIONS });
  // It warns about pools without one.
  pool.on("error", (error) => console.error(error));
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  let runner;
  return {
    async enqueue(number) {
      await utils.addJob("errand", errand(number));
    },
    async enqueueAll(start, end) {
      for (let first = start; first < end; first += ROWS) {
        const jobs = [];
        for (let number = first; number < Math.min(end, first + ROWS); number += 1) {
          jobs.push({ identifier: "errand", payload: errand(number) });
        }
        await utils.addJobs(jobs);
      }
    },
    async start() {
      runner = await run({
        connectionString: order.url,
        noHandleSignals: true,
        logger,
        taskList: { errand: (payload) => ledger.begin(payload.number) },
        preset: {
          worker: {
            concurrentJobs,
            maxPoolSize: concurrentJobs + 2,
            localQueue: { size: LOCAL_QUEUE },
            // "Even setting this to `0` can be impactful": completions of the same turn go together.
            completeJobBatchDelay: 0,
          },
        },
      });
    },
    async stop() {
      await runner.stop();
    },
    /** Finished jobs are deleted. */
    async unfinished() {
      const { rows } = await pool.query("SELECT count(*) FROM graphile_worker._private_jobs");
      return Number(rows[0].count);
    },
  };
}
