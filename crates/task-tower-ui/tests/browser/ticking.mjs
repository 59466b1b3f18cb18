// The time of a running job goes on by itself on its page, unless the reader wants it to stand still.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const MOVING = { reducedMotion: "no-preference" };
const HOUR_MS = 3_600_000;

// By so many seconds the clock of a page is moved.
const MOVED = 14;
// What a test itself may take.
const LENIENCE = 8;

// A job that began to run so many seconds ago, on a page whose clock is an hour behind, and which is told nothing new: the
// server's clock is not moved with it.
async function visitRunning(page, seconds) {
  const desk = await open({ data: "empty", database: "ticking" });
  await desk.sql(`SELECT task_tower.enqueue('render') WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  await desk.sql(`
    UPDATE task_tower.job SET state = 1, attempt = 1, lease = 1, attempted_at = now() - interval '${seconds} s'`);
  await page.route("**/jobs/**", (route) => (route.request().resourceType() === "fetch" ? route.fulfill({ status: 304 }) : route.continue()));
  await page.clock.install({ time: Date.now() - HOUR_MS });
  await visit(page, desk.at(await desk.jobIn("processing")));
  await page.locator(".live-badge").waitFor();
}

const timers = (page) => page.locator("[role=timer]").allInnerTexts();

// `20.3 s`, or `1 min 04 s`.
function seconds(text) {
  const [, minutes, rest] = /^(?:(\d+) min )?([\d.]+) s$/.exec(text);
  return Number(minutes ?? 0) * 60 + Number(rest);
}

// What all places that tell it say.
async function shown(page) {
  const all = (await timers(page)).map(seconds);
  assert.equal(all.length, 2);
  assert.ok(Math.abs(all[0] - all[1]) <= 1, `${all}`);
  return all[0];
}

async function wentOn(page) {
  const before = await shown(page);
  await page.clock.runFor(MOVED * 1_000);
  return await shown(page) - before;
}

// What went by while it stood is told at once.
async function assertGoesOn(page, stood = 0) {
  const went = await wentOn(page);
  assert.ok(went >= MOVED - 3 && went <= stood + MOVED + LENIENCE, `it went on by ${went} s`);
}

async function assertStands(page) {
  const went = await wentOn(page);
  assert.ok(went >= 0 && went <= LENIENCE, `it went on by ${went} s`);
}

browse("it goes on in all places, whatever the reader's clock says", [MOVING], async (page) => {
  await visitRunning(page, 50);

  const began = await shown(page);
  assert.ok(began >= 50 && began <= 50 + LENIENCE, `it began with ${began} s`);
  await assertGoesOn(page);
  assert.match((await timers(page))[0], /^1 min [01]\d s$/);
  assert.equal(await page.locator("[aria-live]:not([aria-live=off]) [role=timer], [role=status] [role=timer]").count(), 0);
});

browse("it stands still for who stopped the page, and goes on after", [MOVING], async (page) => {
  await visitRunning(page, 20);

  await page.keyboard.press("r");
  await page.locator(".live-badge.paused").waitFor();
  await assertStands(page);
  await page.keyboard.press("r");
  await page.locator(".live-badge.paused").waitFor({ state: "detached" });
  await assertGoesOn(page, MOVED);
});

browse("it stands still for who wants no motion", [{ reducedMotion: "reduce" }, MOVING], async (page, other) => {
  await visitRunning(page, 20);
  await visitRunning(other, 20);
  await other.evaluate(() => { document.documentElement.dataset.motion = "reduced"; });

  await assertStands(page);
  await assertStands(other);
});

browse("it stands still while nobody sees the page", [MOVING], async (page) => {
  await visitRunning(page, 20);

  await page.evaluate(() => Object.defineProperty(document, "hidden", { configurable: true, value: true }));
  await assertStands(page);
  await page.evaluate(() => delete document.hidden);
  await assertGoesOn(page, MOVED);
});
