// What still runs is told by the second, without asking the server.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const times = (page) => page.locator("[data-running]").allTextContents();

const seconds = (time) => {
  const [, minutes = 0, rest] = time.match(/^(?:(\d+) min )?([\d.]+) s$/);
  return Number(minutes) * 60 + Number(rest);
};

browse("how long each job runs goes on by itself in the list of workers", [{ reducedMotion: "no-preference" }], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at("workers"));
  const before = (await times(page))[0];

  await page.waitForFunction((text) => document.querySelector("[data-running]").textContent !== text, before);

  assert.ok(seconds((await times(page))[0]) > seconds(before));
});

browse("how long a job runs goes on by itself, and stands still on a page that was stopped", [{ reducedMotion: "no-preference" }], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at(await desk.busyWorker()));
  const before = (await times(page))[0];

  await page.waitForFunction((text) => document.querySelector("[data-running]").textContent !== text, before);
  const then = (await times(page))[0];
  await page.locator("[data-live-badge] button").click();
  await page.locator(".live-badge.paused").waitFor();
  const stopped = await times(page);
  await page.waitForTimeout(2_500);

  assert.ok(seconds(then) > seconds(before) && seconds(then) - seconds(before) < 30, `${before}, ${then}`);
  assert.deepEqual(await times(page), stopped);
});
