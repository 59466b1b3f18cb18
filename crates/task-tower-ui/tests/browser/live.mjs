// What happens elsewhere shows by itself, and nothing moves under the reader's hands.

import assert from "node:assert/strict";
import { badge, enqueue, pill, watchRequests } from "./fresh.mjs";
import { browse, open, visit } from "./support.mjs";

const SHOWN_MS_MAX = 1_000;
const SHOWN_MS_MEDIAN = 300;
const TIMES = 9;
const BEAT_SECONDS = 0.25;

// The median is that of a release build on a machine with nothing else to do, as are the budgets of time.
const LENIENCE = process.env.BIG === "1" ? 1 : 2;

const desk = () => open({ data: "empty", database: "live" });

async function visitJobs(page) {
  const opened = await desk();
  await enqueue(opened, "first");
  await visit(page, opened.at("jobs"));
  await badge(page, "Live").waitFor();
  return opened;
}

const ids = (page) => page.locator("[data-row-id]").evaluateAll((rows) => rows.map((row) => row.dataset.rowId));

async function hide(page, isHidden) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

browse("a job enqueued elsewhere shows within a second, as a number of new ones", [{}], async (page) => {
  const opened = await visitJobs(page);
  const before = await ids(page);
  const times = [];

  for (let number = 1; number <= TIMES; number += 1) {
    // At any time between two looks of the server, or each would come right after one.
    await opened.sql(`SELECT pg_sleep(${(number * 0.097) % BEAT_SECONDS})`);
    const began = Date.now();
    await enqueue(opened, `newcomer_${number}`);
    await page.getByRole("button", { name: `${number} new`, exact: true }).waitFor();
    const shown = Date.now() - began;
    assert.ok(shown <= SHOWN_MS_MAX, `it took ${shown} ms`);
    times.push(shown);
  }
  const median = times.sort((one, other) => one - other)[(TIMES - 1) / 2];
  assert.ok(median <= SHOWN_MS_MEDIAN * LENIENCE, `the median is ${median} ms, of ${times}`);

  assert.deepEqual(await ids(page), before, "a row moved");
  await pill(page).click();
  await page.getByText(`newcomer_${TIMES}`).waitFor();
  assert.equal((await ids(page)).length, before.length + TIMES);
  await pill(page).waitFor({ state: "hidden" });
});

browse("a row changes where it stands, and stays there while somebody points at it", [{}, {}], async (page, other) => {
  const opened = await visitJobs(page);
  const [id] = await ids(page);
  await enqueue(opened, "second");
  await page.getByRole("button", { name: "1 new", exact: true }).waitFor();
  await visit(other, opened.at(`jobs/${id}`));

  await other.locator("summary", { hasText: "Cancel" }).click();
  await other.locator('form.ask[action$="/cancel"] button').click();
  await page.locator(`[data-row-id="${id}"] .badge.cancelled`).waitFor();
  assert.equal((await ids(page))[0], id);

  await visit(page, opened.at("jobs?state=cancelled"));
  await page.locator(`[data-row-id="${id}"]`).hover();
  await other.getByRole("button", { name: "Requeue" }).click();
  await page.locator(`[data-row-id="${id}"][data-gone]`).waitFor();
  await page.locator("h1").hover();
  await enqueue(opened, "third");
  await page.locator(`[data-row-id="${id}"]`).waitFor({ state: "detached" });
});

browse("who pauses a page sees nothing new, and finds it paused the next time", [{}, {}], async (page, witness) => {
  const opened = await visitJobs(page);
  await badge(page, "Live").click();
  await badge(page, "Paused").waitFor();
  await page.reload();
  await badge(page, "Paused").waitFor();
  await visitJobs(witness);
  const requests = watchRequests(page, "/jobs");

  await enqueue(opened, "unseen");
  await pill(witness).waitFor();

  assert.equal(requests.total, 0);
  assert.ok(await pill(page).isHidden());
  await badge(page, "Paused").click();
  await pill(page).waitFor();
  assert.ok(requests.total > 0);
});

browse("a hidden page asks for nothing, and looks when it is seen again", [{}, {}], async (page, witness) => {
  const opened = await visitJobs(page);
  await visitJobs(witness);
  await pill(page).waitFor();
  await hide(page, true);
  const requests = watchRequests(page, "/jobs");

  await enqueue(opened, "unseen");
  await pill(witness).waitFor();
  assert.equal(requests.total, 0);

  await hide(page, false);
  await pill(page).filter({ hasText: "2 new" }).waitFor();
});

browse("focus, typed words and open parts stay as they are", [{}], async (page) => {
  const opened = await desk();
  await enqueue(opened, "first");
  await visit(page, opened.at("queues"));
  await badge(page, "Live").waitFor();
  const row = page.locator("tr:has-text('mail')");
  const count = row.locator("td.number").first();
  const before = await count.textContent();
  await row.locator("summary").click();
  const reason = page.getByRole("textbox", { name: "Why mail is paused" });
  await reason.pressSequentially("a dep");

  await enqueue(opened, "second");
  await badge(page, "Held").waitFor();
  await page.keyboard.type("loy");
  assert.equal(await reason.inputValue(), "a deploy");

  await row.locator("summary").click();
  await page.waitForFunction((text) => document.querySelector("td.number").textContent !== text, before);
  await row.locator("summary").click();
  assert.equal(await reason.inputValue(), "a deploy");
});

browse("a slow answer is waited for before the next question", [{}], async (page) => {
  const opened = await visitJobs(page);
  const requests = watchRequests(page, "/jobs");
  await page.route(/\/jobs(\?.*)?$/, async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 700); });
    await route.continue();
  });

  for (let number = 0; number < 6; number += 1) {
    await enqueue(opened, "many");
    await opened.sql("SELECT pg_sleep(0.3)");
  }
  await pill(page).filter({ hasText: "6 new" }).waitFor();

  assert.equal(requests.most, 1);
});

browse("all tabs of a browser share one connection", [{}], async (page) => {
  const opened = await visitJobs(page);
  const requests = [];
  page.context().on("request", (request) => { if (request.url().endsWith("/events")) requests.push(request); });

  const other = await page.context().newPage();
  await visit(other, opened.at("jobs"));
  await badge(other, "Live").waitFor();
  await enqueue(opened, "shared");
  await Promise.all([pill(page).waitFor(), pill(other).waitFor()]);
  const shared = requests.length;
  await page.close();
  await enqueue(opened, "inherited");
  await pill(other).filter({ hasText: "2 new" }).waitFor();

  assert.equal(shared, 0);
  assert.ok(requests.length > 0, "the second tab took over");
});

browse("who cannot be told asks every few seconds", [{}], async (page) => {
  await page.route("**/events", (route) => route.fulfill({ status: 204 }));
  const opened = await desk();
  await enqueue(opened, "first");
  await visit(page, opened.at("jobs"));

  await badge(page, "Polling").waitFor();
  await enqueue(opened, "polled");

  await pill(page).waitFor();
});

browse("selected text holds the page", [{}], async (page) => {
  const opened = await visitJobs(page);
  await page.locator("[data-row-id] .queue").first().selectText();
  await badge(page, "Held").waitFor();
  const before = await page.locator("[data-rows]").textContent();

  await enqueue(opened, "held");
  await pill(page).waitFor();
  assert.equal(await page.locator("[data-rows]").textContent(), before);

  await page.evaluate(() => document.getSelection().removeAllRanges());
  await badge(page, "Live").waitFor();
});
