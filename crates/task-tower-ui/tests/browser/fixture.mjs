// The other side of `fixture/`: starts the program, and asks it for dashboards and for SQL.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const workspace = fileURLToPath(new URL("../../../../", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? `${workspace}target`;
const program = process.env.BROWSER_FIXTURE ?? `${target}/debug/examples/browser_fixture`;

let running;

function start() {
  if (!existsSync(program)) {
    throw new Error(`${program} is missing: cargo build --workspace --all-features --example browser_fixture`);
  }
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  return { child, ended, answers: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

// One command at a time, as the answers have no number.
let last = Promise.resolve();

function command(words) {
  const answer = last.then(() => ask(words));
  last = answer.catch(() => {});
  return answer;
}

async function ask(words) {
  running ??= start();
  running.child.stdin.write(`${JSON.stringify(words)}\n`);
  const { value, done } = await running.answers.next();
  if (done) throw new Error("the fixture ended");
  const answer = JSON.parse(value);
  if (answer.error) throw new Error(answer.error);
  return answer;
}

// A dashboard: `{ data: "seed", database: "mine", prefix: "/a/b", read_only: true, locale: "pseudo", policy: { … } }`, all
// but the data may be left out; `fixture/policy.rs` says what a policy has. The same is opened once; without a `database`
// of its own, nothing may change the jobs.
export function open(wanted) {
  const key = JSON.stringify(wanted);
  if (!desks.has(key)) desks.set(key, command({ open: wanted }).then((opened) => new Desk(opened)));
  return desks.get(key);
}

const desks = new Map();

class Desk {
  constructor({ url, database_url: databaseUrl }) {
    this.url = url;
    this.databaseUrl = databaseUrl;
  }

  at(path) {
    return new URL(path, this.url).href;
  }

  // The rows, their values as text.
  async sql(text) {
    return (await command({ sql: { database_url: this.databaseUrl, text } })).rows;
  }

  // The queue whose oldest job waits longest, as a path below the dashboard.
  async queue() {
    const rows = await this.sql("SELECT queue FROM task_tower.job WHERE state = 0 AND run_at <= now() AND queue ~ '^[a-z0-9-]+$' ORDER BY run_at LIMIT 1");
    return `queues/${rows[0][0]}`;
  }

  // The kind with the most runs, as a path below the dashboard.
  async busyKind() {
    const rows = await this.sql(`SELECT name FROM task_tower.kind LEFT JOIN task_tower.tally USING (name) WHERE name ~ '^[a-z0-9_]+$'
      GROUP BY name ORDER BY coalesce(sum(completed + failed + dead), 0) DESC, name LIMIT 1`);
    return `kinds/${rows[0][0]}`;
  }

  // The worker with the most jobs, as a path below the dashboard.
  async busyWorker() {
    const rows = await this.sql("SELECT id FROM task_tower.worker WHERE ended_at IS NULL ORDER BY busy DESC, id LIMIT 1");
    return `workers/${rows[0][0]}`;
  }

  async batch() {
    const rows = await this.sql("SELECT id FROM task_tower.batch ORDER BY id DESC LIMIT 1");
    return `batches/${rows[0][0]}`;
  }

  // The newest job in that state, as a path below the dashboard.
  async jobIn(state) {
    const rows = await this.sql(`SELECT id FROM task_tower.jobs WHERE state = '${state}' ORDER BY id DESC LIMIT 1`);
    return `jobs/${rows[0][0]}`;
  }
}

// How much of a processor's time the program has taken, without its databases. The system counts in ticks of 10 ms.
export function processorMs() {
  const fields = readFileSync(`/proc/${running.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function stop() {
  if (!running) return;
  running.child.stdin.end();
  await running.ended;
}
