// The filter box offers what may be meant, by keys and by mouse, and stays a box to type into.

import assert from "node:assert/strict";
import { NARROW, WIDE, browse, open, visit } from "./support.mjs";

async function visitList(page) {
  const desk = await open({ data: "empty", database: "suggest" });
  await desk.sql(`
    SELECT task_tower.enqueue('send_mail', queue => queue, payload => jsonb_build_object('größe', 7, 'user', jsonb_build_object('id', 42)))
    FROM unnest(ARRAY['mail', 'mail-out', 'images']) AS queue WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  await visit(page, desk.at("jobs"));
  await page.locator(".live-badge").waitFor();
  await page.keyboard.press("/");
  return page.locator("input[data-filter]");
}

const options = (page) => page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");

async function offered(page, first) {
  await options(page).getByText(first, { exact: true }).first().waitFor();
  return options(page).allTextContents();
}

for (const viewport of [WIDE, NARROW]) {
  browse(`a key and its value are chosen by keys, ${viewport.width} wide`, [{ viewport }], async (page) => {
    const box = await visitList(page);

    await page.keyboard.type("qu");
    assert.deepEqual(await offered(page, "queue:"), ["queue:"]);
    await page.keyboard.press("Tab");
    assert.deepEqual(await offered(page, "mail"), ["images", "mail", "mail-out"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const active = await box.getAttribute("aria-activedescendant");
    assert.equal(await page.locator(`#${active}`).textContent(), "mail");
    await page.keyboard.press("Enter");
    assert.deepEqual([await box.inputValue(), await box.getAttribute("aria-expanded")], ["queue:mail", "false"]);
    await page.keyboard.press("Enter");

    await page.waitForURL("**/jobs?q=queue:mail");
    assert.equal(await page.locator("tr[data-row-id]").count(), 1);
  });
}

browse("a field and its value are taken by a click, and the box keeps the focus", [{}], async (page) => {
  const box = await visitList(page);

  await page.keyboard.type("state:enqueued args.");
  assert.deepEqual(await offered(page, "größe:"), ["größe:", "user.id:"]);
  assert.ok(await page.getByText("From the newest 3 jobs.").isVisible());
  await options(page).getByText("user.id:").click();
  await offered(page, "42");
  await options(page).getByText("42").click();

  assert.equal(await box.inputValue(), "state:enqueued args.user.id:42");
  assert.ok(await box.evaluate((input) => document.activeElement === input));
});

browse("Esc closes the list, Enter means what was typed, and Tab goes on when nothing is offered", [{}], async (page) => {
  const box = await visitList(page);

  await page.keyboard.type("sta");
  await offered(page, "state:");
  await page.keyboard.press("Escape");
  await options(page).first().waitFor({ state: "hidden" });
  assert.equal(await box.inputValue(), "sta");
  await page.keyboard.press("ArrowDown");
  await offered(page, "state:");
  await page.keyboard.press("Shift+Tab");
  await options(page).first().waitFor({ state: "hidden" });
  assert.ok(!await box.evaluate((input) => document.activeElement === input));

  await box.fill("queue:mail");
  assert.deepEqual(await offered(page, "mail-out"), ["mail-out"]);
  await page.keyboard.press("Tab");
  assert.deepEqual([await box.inputValue(), await options(page).count()], ["queue:mail", 0]);
  await box.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/jobs?q=queue:mail");
});

browse("what was asked for a text that is no longer there is dropped", [{}], async (page) => {
  const box = await visitList(page);
  const held = [];
  await page.route("**/api/v1/suggest?q=s&*", (route) => held.push(route));

  await page.keyboard.type("s");
  const asked = page.waitForRequest("**/api/v1/suggest?q=s&*");
  await asked;
  const dropped = page.waitForEvent("requestfailed");
  await page.keyboard.type("o");
  await dropped;

  assert.deepEqual(await offered(page, "sort:"), ["sort:"]);
  assert.equal(await box.inputValue(), "so");
  assert.equal(held.length, 1);
});
