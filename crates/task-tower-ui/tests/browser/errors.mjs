// The list of errors: its rows open, and stay so while the page changes; its box filters.

import assert from "node:assert/strict";
import { NARROW, WIDE, browse, open, visit } from "./support.mjs";

for (const options of [{ viewport: WIDE }, { viewport: NARROW }, { javaScriptEnabled: false }]) {
  browse(`a row opens and shows its sample, ${JSON.stringify(options)}`, [options], async (page) => {
    const desk = await open({ data: "shop" });
    await visit(page, desk.at("errors"));
    const group = page.locator("tbody", { has: page.getByRole("link", { name: "GatewayTimeout", exact: true }) });
    const sample = group.getByText("payment provider did not answer within 30 s");
    assert.equal(await sample.first().isVisible(), false);

    await group.locator(".opener summary").click();

    await sample.first().waitFor();
    await group.getByRole("link", { name: /^Requeue \d+\+? dead$/ }).waitFor();
    await group.locator(".opener summary").click();
    await sample.first().waitFor({ state: "hidden" });
  });
}

browse("an open row stays open where it is when others come before it", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "errors" });
  const occurs = (name) => desk.sql(`
    INSERT INTO task_tower.error_group (fingerprint, kind, class, message, first_seen_at, last_seen_at, occurrences, sample_job, queues)
    SELECT task_tower.fingerprint('mail', '${name}', 'm'), 'mail', '${name}', 'm', now(), now(), 1, task_tower.new_id(), '{mail}'`);
  await occurs("First");
  await visit(page, desk.at("errors"));
  await page.locator(".live-badge").waitFor();
  await page.locator(".opener summary").click();

  await occurs("Second");
  await desk.sql("SELECT task_tower.enqueue('mail')");

  await page.getByRole("link", { name: "Second", exact: true }).waitFor();
  const states = await page.locator(".errors tbody").evaluateAll((all) => all.map((group) => [group.querySelector("a").textContent, group.querySelector(".opener").open]));
  assert.deepEqual(states, [["Second", false], ["First", true]]);
});

browse("the box filters the list, and the key for filters leads there", [{}], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at("errors"));
  await page.locator(".live-badge").waitFor();

  await page.keyboard.press("/");
  await page.keyboard.type("ki");
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await options.getByText("kind:", { exact: true }).waitFor();
  await page.keyboard.press("Tab");
  await options.getByText("charge_card", { exact: true }).waitFor();
  await page.keyboard.type("charge_card -timeout");
  await page.keyboard.press("Enter");
  await page.getByText("No group of errors fits this filter").waitFor();
  assert.deepEqual(await page.locator(".filter-box .chip").allTextContents(), ["kind:charge_card", "-timeout"]);
  await page.locator(".empty").getByRole("link", { name: "Drop the filter" }).click();

  await page.getByRole("link", { name: "GatewayTimeout", exact: true }).waitFor();
});
