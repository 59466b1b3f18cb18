// One run of one workload against a queue of Node, as its order says: the same protocol as the programs in Rust
// (../driver/src/lib.rs). `begin` is printed when the clock starts, `end` and the result as JSON when it has stopped, and the
// process ends when its input is closed.

import { Ledger } from "./ledger.mjs";
import { run } from "./workload.mjs";

const order = JSON.parse(process.argv[2]);
const { open } = await import(`./${order.contender}.mjs`);

try {
  const ledger = new Ledger();
  const contender = await open(order, ledger);
  const sample = await run(order, contender, ledger);
  console.log(`end ${JSON.stringify({ sample, runs: ledger.runs })}`);
} catch (error) {
  console.error(error);
  process.exit(1);
}
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
