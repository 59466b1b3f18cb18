// What every test stands on.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as chromium from "./chromium.mjs";
import * as fixture from "./fixture.mjs";

export { NARROW, WIDE, newPage, visit } from "./chromium.mjs";
export { open } from "./fixture.mjs";
export { STATES, address, routes } from "./routes.mjs";

after(async () => {
  await chromium.stop();
  await fixture.stop();
});

// A test with pages, one for each of the options given: whatever it looked at, nothing went wrong there.
export function browse(name, pages, body) {
  test(name, async () => {
    const opened = await Promise.all(pages.map(chromium.newPage));
    try {
      await body(...opened);
      assert.deepEqual(opened.flatMap((page) => page.problems), []);
    } finally {
      await Promise.all(opened.map((page) => page.context().close()));
    }
  });
}

// Shares the work among pages that look at the same things, two at a time.
export async function share(pages, items, work) {
  const open = [...items];
  await Promise.all(pages.map(async (page) => {
    for (let item = open.shift(); item !== undefined; item = open.shift()) await work(page, item);
  }));
}
