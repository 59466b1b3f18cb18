// Knows which regions the reader has before them. One that is out of view grows stale when its topic changes, and is
// asked for when it comes into view.

import { regions } from "./regions.js";

// What is about to come into view is fresh when it does.
const MARGIN = "100px";

export class View {
  #near = new Set();
  #stale = new Set();
  #observer;

  // `appeared` is called when a region comes into view that is stale.
  constructor(appeared) {
    this.#observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.#near.add(target);
        else this.#near.delete(target);
      }
      if (this.#isWanted()) appeared();
    }, { rootMargin: MARGIN });
    this.watch();
  }

  // Regions that are new on the page are watched, those that left it are forgotten.
  watch() {
    for (const region of [...this.#near, ...this.#stale].filter((one) => !one.isConnected)) {
      this.#observer.unobserve(region);
      this.#near.delete(region);
      this.#stale.delete(region);
    }
    for (const region of regions()) this.#observer.observe(region);
  }

  // A topic changed, or perhaps all of them. Answers whether the reader sees a region that shows it.
  changed(topic) {
    for (const region of regions()) {
      if (topic === undefined || region.dataset.live.split(" ").includes(topic)) this.#stale.add(region);
    }
    return this.#isWanted();
  }

  // All of them are asked for: what changes from now on makes them stale again.
  asked() {
    this.#stale.clear();
  }

  #isWanted() {
    return [...this.#stale].some((region) => this.#near.has(region));
  }
}
