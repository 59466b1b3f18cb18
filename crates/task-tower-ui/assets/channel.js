// Tells what changed, over the one connection that all visible tabs of this browser share: browsers
// allow six for a host. Whoever holds the lock has the connection and tells the others.

import { ROOT } from "./store.js";

const NAME = `task-tower:${ROOT.pathname}`;
const TOPICS = ["jobs", "queues", "workers", "operations", "logs"];
const HELLO_MS = 5_000;
const LOST_MS = 2_000;
const RETRY_MS = 500;
const FAILURES_MAX = 3;
const LATER_MS = 30_000;

// `hear` is called with `{ state: "live" | "reconnecting" | "polling" }`, `{ changed: topic }`, `{ resync: true }`.
export class Channel {
  #hear;
  #bus;
  #leave;
  #connection;

  constructor(hear) {
    this.#hear = hear;
  }

  start() {
    if (this.#leave) return;
    const { signal } = this.#leave = new AbortController();
    this.#bus = new BroadcastChannel(NAME);
    this.#bus.addEventListener("message", ({ data }) => this.#take(data));
    this.#bus.postMessage({ ask: true });
    // Only secure origins have locks: elsewhere each tab has a connection.
    if (!navigator.locks) this.#lead(signal);
    else navigator.locks.request(NAME, { signal }, () => this.#lead(signal)).catch(() => {});
  }

  stop() {
    this.#leave?.abort();
    this.#bus?.close();
    this.#leave = this.#bus = undefined;
  }

  #take(word) {
    if (!word.ask) this.#hear(word);
    else if (this.#connection) this.#bus.postMessage({ state: this.#connection.state });
  }

  // Until it leaves.
  #lead(signal) {
    const connection = this.#connection = new Connection((word) => {
      this.#bus?.postMessage(word);
      this.#hear(word);
    });
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        connection.close();
        this.#connection = undefined;
        resolve();
      });
    });
  }
}

class Connection {
  state = "reconnecting";
  #tell;
  #source;
  #timer;
  #failures = 0;

  constructor(tell) {
    this.#tell = tell;
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
  }

  #open() {
    const source = this.#source = new EventSource(new URL("events", ROOT));
    let isKnown = false;
    source.addEventListener("hello", () => {
      this.#greeted();
      // What happened before the first word of a connection, nobody was told.
      if (!isKnown) this.#tell({ resync: true });
      isKnown = true;
    });
    source.addEventListener("resync", () => this.#tell({ resync: true }));
    for (const changed of TOPICS) source.addEventListener(changed, () => this.#tell({ changed }));
    source.addEventListener("error", () => this.#interrupted(source));
    this.#wait(HELLO_MS, () => this.#fail());
  }

  #greeted() {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#enter("live");
  }

  // The server ends its answer now and then, and the browser asks again by itself; not after a refusal.
  #interrupted(source) {
    if (source.readyState === EventSource.CLOSED) this.#fail();
    else this.#wait(LOST_MS, () => this.#fail());
  }

  #fail() {
    this.#source.close();
    this.#failures += 1;
    const isHopeless = this.#failures >= FAILURES_MAX;
    this.#enter(isHopeless ? "polling" : "reconnecting");
    this.#wait(isHopeless ? LATER_MS : RETRY_MS * this.#failures, () => this.#open());
  }

  #enter(state) {
    this.state = state;
    this.#tell({ state });
  }

  #wait(milliseconds, next) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(next, milliseconds);
  }
}
