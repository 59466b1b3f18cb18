// What was done is told for ten seconds, with a way back; without JavaScript it stands in the page.

import assert from "node:assert/strict";
import { NARROW, WIDE, browse, open, visit } from "./support.mjs";

async function dashboard() {
  const desk = await open({ data: "empty", database: "toast" });
  await desk.sql(`
    SELECT task_tower.enqueue('send_mail', queue => 'mail') FROM generate_series(1, 8)
    WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  return desk;
}

async function cancel(page, desk) {
  await visit(page, desk.at(await desk.jobIn("enqueued")));
  await page.locator('form.ask[action$="/cancel"]').evaluate((form) => form.submit());
  await page.waitForURL("**?undo=*");
}

const toast = (page, words) => page.getByRole("status").filter({ hasText: words });

for (const viewport of [WIDE, NARROW]) {
  browse(`a cancellation is told above the page and undone by a key, ${viewport.width} wide`, [{ viewport }], async (page) => {
    const desk = await dashboard();
    await cancel(page, desk);

    const told = toast(page, "Cancelled 1 job.");
    await told.getByText("10 s").waitFor();
    assert.equal(await page.locator("main .notice").count(), 0);
    const box = await told.locator(".toast").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.y > viewport.height / 2, JSON.stringify(box));
    await page.keyboard.press("u");

    await toast(page, "Undone: 1 job is as it was.").waitFor();
    await page.locator(".badge.enqueued").first().waitFor();
  });
}

browse("a toast goes after ten seconds, but not while somebody points at it", [{}], async (page) => {
  const desk = await dashboard();
  await page.clock.install();
  await cancel(page, desk);
  const told = toast(page, "Cancelled 1 job.");
  await told.getByText("10 s").waitFor();

  await page.clock.runFor(4_000);
  await told.getByText("6 s").waitFor();
  await told.locator(".toast").hover();
  await page.clock.runFor(60_000);
  await told.getByText("6 s").waitFor();
  await page.mouse.move(2, 2);
  await page.clock.runFor(6_000);

  await told.waitFor({ state: "detached" });
});

browse("a paused queue is resumed from the toast", [{}], async (page) => {
  const desk = await dashboard();
  await visit(page, desk.at("queues"));

  await page.getByRole("button", { name: "Pause mail" }).click();
  await toast(page, "The queue was changed.").getByRole("button", { name: "Undo" }).click();

  await page.getByRole("button", { name: "Pause mail" }).waitFor();
});

browse("without JavaScript the notice stands in the page, with its button", [{ javaScriptEnabled: false }], async (page) => {
  const desk = await dashboard();
  await visit(page, desk.at("jobs?q=state:enqueued"));

  await page.locator("[data-row-id] input[name=id]").first().check();
  await page.getByRole("button", { name: "Discard" }).first().click();
  const notice = page.locator("main .notice").filter({ hasText: "Discarded 1 job." });
  await notice.waitFor();
  assert.ok(!await notice.locator("[data-countdown]").isVisible());
  await notice.getByRole("button", { name: "Undo" }).click();

  await page.locator("main .notice").filter({ hasText: "Undone" }).waitFor();
  assert.equal((await desk.sql("SELECT count(*) FROM task_tower.jobs WHERE state = 'dead'"))[0][0], "0");
});

async function visitError(page, name) {
  const desk = await dashboard();
  await desk.sql(`
    INSERT INTO task_tower.error_group (fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues)
    SELECT task_tower.fingerprint('send_mail', '${name}', 'refused'), 'send_mail', '${name}', 'refused', now(), now(), 1, id, '{mail}'
    FROM task_tower.jobs LIMIT 1`);
  await visit(page, desk.at("errors"));
  await page.getByRole("link", { name }).click();
}

const isOpen = (page) => page.getByRole("button", { name: "Resolve", exact: true }).waitFor();

browse("a resolved error is told above the page, and unresolved by a key", [{}], async (page) => {
  await visitError(page, "Refused");

  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  await toast(page, "Resolved. It is unresolved again when it occurs again.").getByText("10 s").waitFor();
  await page.getByRole("button", { name: "Unresolve" }).waitFor();
  await page.keyboard.press("u");

  await isOpen(page);
  assert.equal(await page.locator(".toast").count(), 0);
});

browse("a muted error is told above the page, and comes back by the toast's button", [{ viewport: NARROW }], async (page) => {
  await visitError(page, "Mutable");

  await page.getByText("Mute until…").click();
  await page.getByRole("button", { name: "Mute for 1 d" }).click();
  const told = toast(page, "Muted until");
  await told.getByText("10 s").waitFor();
  await told.getByRole("button", { name: "Undo" }).click();

  await isOpen(page);
});

browse("without JavaScript a resolved error is told in the page, with its button", [{ javaScriptEnabled: false }], async (page) => {
  await visitError(page, "Scriptless");

  await page.getByRole("button", { name: "Resolve", exact: true }).click();
  const notice = page.locator("main .notice").filter({ hasText: "Resolved." });
  assert.ok(!await notice.locator("[data-countdown]").isVisible());
  await notice.getByRole("button", { name: "Undo" }).click();

  await isOpen(page);
});
