// What happened to each job, as ../../crates/task-tower-bench/src/ledger.rs has it.

const TEXT = "the quick brown fox jumps over the lazy dog and back again.";

/** The data of every job, the same for all contenders. */
export const errand = (number) => ({ number, text: TEXT });

export class Ledger {
  asked = [];
  began = [];
  counts = [];
  runs = 0;
  #goal = Infinity;
  #reached = () => {};

  /** The job is about to be enqueued. */
  ask(number) {
    this.asked[number] = performance.now();
  }

  /** The handler of the job begins: its first and only line. */
  begin(number) {
    this.began[number] = performance.now();
    this.counts[number] = (this.counts[number] ?? 0) + 1;
    this.runs += 1;
    if (this.runs >= this.#goal) this.#reached();
  }

  /** Whether so many runs have begun, as soon as they have, or when the patience ends. */
  async reaches(goal, patienceSeconds) {
    if (this.runs >= goal) return true;
    let timer;
    const reached = new Promise((resolve) => {
      this.#goal = goal;
      this.#reached = () => resolve(true);
      timer = setTimeout(() => resolve(this.runs >= goal), patienceSeconds * 1000);
    });
    const answer = await reached;
    clearTimeout(timer);
    return answer;
  }

  /** Milliseconds from before the enqueue to the handler's first line; jobs that did not run have waited until now. */
  delays(start, end) {
    const now = performance.now();
    const delays = [];
    for (let number = start; number < end; number += 1) delays.push((this.began[number] ?? now) - this.asked[number]);
    return delays;
  }

  /** Throws unless each of the first `count` jobs ran exactly once, and no other did. */
  eachRanOnce(count) {
    this.noneRanTwice();
    for (let number = 0; number < count; number += 1) {
      if (!this.counts[number]) throw new Error(`job ${number} of ${count} never ran`);
    }
    if (this.runs !== count) throw new Error(`${this.runs} jobs ran, but there were only ${count}`);
  }

  noneRanTwice() {
    const number = this.counts.findIndex((count) => count > 1);
    if (number >= 0) throw new Error(`job ${number} ran more than once`);
  }
}
