// Who does not see the page is told what happens on it, now and then.

import assert from "node:assert/strict";
import { badge, enqueue, pill } from "./fresh.mjs";
import { browse, open, visit } from "./support.mjs";

const PAUSE_MS = 5_000;

async function visitJobs(page) {
  const desk = await open({ data: "empty", database: "announcer" });
  await enqueue(desk, "first");
  await visit(page, desk.at("jobs"));
  await badge(page, "Live").waitFor();
  await page.evaluate(keepWhatIsSaid);
  return desk;
}

// Each message with its time, in `window.said`.
function keepWhatIsSaid() {
  const place = document.querySelector("[data-announcer]");
  window.said = [];
  new MutationObserver(() => {
    if (place.textContent) window.said.push([performance.now(), place.textContent]);
  }).observe(place, { childList: true });
}

const said = async (page) => (await page.evaluate(() => window.said)).map(([, message]) => message);

const hears = (page, message) => page.waitForFunction((words) => window.said.some(([, told]) => told === words), message);

browse("new jobs are told, at most every five seconds, and then how many there are", [{}], async (page) => {
  const desk = await visitJobs(page);

  for (let number = 1; number <= 4; number += 1) {
    await enqueue(desk, "next");
    await pill(page).filter({ hasText: `${number} new` }).waitFor();
  }
  await hears(page, "4 new jobs.");

  const times = await page.evaluate(() => window.said.map(([at]) => at));
  assert.deepEqual(await said(page), ["1 new job.", "4 new jobs."]);
  assert.ok(times[1] - times[0] >= PAUSE_MS - 100, `after ${times[1] - times[0]} ms`);
  assert.equal(await page.locator("[data-announcer]").getAttribute("aria-live"), "polite");
});

browse("a pause is told, and that the page goes on", [{}], async (page) => {
  await visitJobs(page);

  await page.keyboard.press("r");
  await hears(page, "The page is paused.");
  await page.keyboard.press("r");
  await hears(page, "The page is refreshed again.");

  assert.deepEqual(await said(page), ["The page is paused.", "The page is refreshed again."]);
});

browse("a lost connection is told, and when it is there again", [{}], async (page) => {
  await visitJobs(page);

  // The connection of before ends by itself.
  await page.route("**/events", (route) => route.fulfill({ status: 204 }));
  await page.waitForFunction(() => window.said.length > 0, undefined, { timeout: 40_000 });
  await page.unroute("**/events");
  await hears(page, "The page is refreshed again.");

  assert.deepEqual(await said(page), ["The connection is lost, the page is not refreshed.", "The page is refreshed again."]);
});
