// Everything by keys, nothing while somebody writes, and nothing at all for who switched them off.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

async function visitJobs(page) {
  const desk = await open({ data: "empty", database: "keys" });
  await desk.sql("SELECT task_tower.enqueue('kind_' || number, queue => 'mail') FROM generate_series(1, 3) AS number");
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();
  return desk;
}

const current = (page) => page.locator("[data-current]").getAttribute("data-row-id");

const ids = (page) => page.locator("[data-row-id]").evaluateAll((rows) => rows.map((row) => row.dataset.rowId));

browse("keys lead to pages, rows and jobs, and from job to job", [{}], async (page) => {
  await visitJobs(page);
  const [first, second] = await ids(page);

  await page.keyboard.press("j");
  assert.equal(await current(page), first);
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await current(page), first);
  await page.keyboard.press("o");
  await page.waitForURL(`**/jobs/${first}?from=`);
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press("j");
  await page.waitForURL(`**/jobs/${second}?from=`);
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press("k");
  await page.waitForURL(`**/jobs/${first}?from=`);
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press("k");
  assert.ok(page.url().includes(first), "there is none before the first");
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await page.waitForURL("**/queues");
});

browse("each key of a page leads there", [{}], async (page) => {
  const desk = await visitJobs(page);
  const pages = { o: "overview", j: "jobs", q: "queues", k: "kinds", e: "errors", w: "workers", d: "doctor" };

  for (const [key, path] of Object.entries(pages)) {
    await visit(page, desk.at("operations"));
    await page.locator(".live-badge").waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL(`**/${path}`);
  }
});

browse("keys turn the pages of a list, and lead to all that match", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "keys_pages" });
  await desk.sql("SELECT task_tower.enqueue('kind', queue => 'mail') FROM generate_series(1, 120)");
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();
  const [newest] = await ids(page);

  await page.keyboard.press("]");
  await page.waitForURL("**/jobs?after=*");
  await page.locator(".live-badge").waitFor();
  assert.notEqual((await ids(page))[0], newest);
  await page.keyboard.press("[");
  await page.waitForURL((url) => !url.search.includes("after="));
  await page.locator(".live-badge").waitFor();
  assert.equal((await ids(page))[0], newest);

  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("*");
  await page.waitForURL("**/operations/new?*");
});

browse("a key acts on the job of the page", [{}], async (page) => {
  const desk = await visitJobs(page);
  const [first] = await ids(page);
  await visit(page, desk.at(`jobs/${first}`));
  await page.locator(".live-badge").waitFor();

  await page.keyboard.press("Shift+C");
  await page.locator('form.ask[action$="/cancel"] button').click();

  await page.locator(".badge.cancelled").first().waitFor();
});

browse("the help shows the keys, and Esc brings back where one was", [{}], async (page) => {
  await visitJobs(page);
  await page.keyboard.press("j");

  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("Requeue", { exact: true }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("q");
  await page.keyboard.press("Escape");

  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.ok(page.url().endsWith("/jobs"), "keys act behind the dialog");
  assert.ok(await page.evaluate(() => document.activeElement.closest("[data-current]") !== null), "the focus is lost");
});

browse("the palette finds pages, queues and jobs by what is typed", [{}], async (page) => {
  await visitJobs(page);
  const [first] = await ids(page);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("mail");
  await page.getByRole("option", { name: "mail", exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/queues/mail");
  await page.locator(".live-badge").waitFor();

  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "Queues" }).waitFor();
  await page.keyboard.type(first);
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/jobs/${first}`);
  await page.locator(".live-badge").waitFor();

  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "Jobs" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/queues");
});

browse("Esc closes the palette at once, whatever is typed in it", [{}], async (page) => {
  await visitJobs(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("mail");
  await page.getByRole("option", { name: "mail", exact: true }).waitFor();

  await page.keyboard.press("Escape");

  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

browse("a click anywhere in a row opens it, beside its box selects nothing, and a link leads where it says", [{}], async (page) => {
  const desk = await visitJobs(page);
  const [first] = await ids(page);
  const row = page.locator(`[data-row-id="${first}"]`);

  await row.locator(".pick").click({ position: { x: 2, y: 2 } });
  await row.locator(".queue a").click();
  await page.waitForURL((url) => url.search.includes("queue:mail"));
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();
  await row.locator(".wait").click();

  await page.waitForURL(`**/jobs/${first}?from=`);
});

browse("keys change the theme and the style of times, and pause the page", [{}], async (page) => {
  await visitJobs(page);

  await page.keyboard.press("t");
  await page.locator("html[data-theme=light]").waitFor();
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press(".");
  await page.locator("html[data-times=exact]").waitFor();
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press("r");
  await page.locator(".live-badge.paused").waitFor();
});

browse("keys are letters while somebody writes", [{}], async (page) => {
  await visitJobs(page);
  await page.keyboard.press("/");
  const focused = page.locator("input:focus");

  await page.keyboard.type("gqjtr?");

  assert.equal(await focused.inputValue(), "gqjtr?");
  assert.ok(page.url().endsWith("/jobs"));
  assert.equal(await page.locator("dialog[open], [data-current], .live-badge.paused").count(), 0);
});

browse("who switched the keys off has none, but those with a modifier", [{}], async (page) => {
  const desk = await visitJobs(page);
  await visit(page, desk.at("settings"));
  await page.locator("#keys").getByText("Off").click();
  await page.getByRole("button", { name: "Save" }).click();
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();

  for (const key of ["j", "?", "r", "t", "g", "q"]) await page.keyboard.press(key);
  assert.equal(await page.locator("dialog[open], [data-current], .live-badge.paused").count(), 0);
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: "Queues" }).waitFor();

  assert.ok(page.url().endsWith("/jobs"));
});
