// The form of a schedule explains an expression while it is written, and points at what is wrong.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

browse("an expression is explained while it is written, and a mistake is pointed at", [{}], async (page) => {
  const desk = await open({ data: "shop", database: "recurring" });
  await visit(page, desk.at("recurring-new"));
  const told = page.locator("#explained");

  await page.getByLabel("Expression").fill("30 2 * * *");
  await page.getByLabel("Zone", { exact: true }).fill("Europe/Berlin");
  await told.getByText("At 02:30").waitFor();
  assert.equal(await told.locator("li").count(), 5);

  await page.getByLabel("Expression").fill("0 25 * * *");
  await told.getByText("hour 25 is not within 0 to 23").waitFor();
  assert.equal(await told.locator("pre").innerText(), "0 25 * * *\n  ^");
});

browse("a schedule is added without a script, run, paused and resumed", [{ javaScriptEnabled: false }], async (page) => {
  const desk = await open({ data: "shop", database: "recurring" });
  await visit(page, desk.at("recurring-new"));

  await page.getByRole("textbox", { name: "Name", exact: true }).fill("weekly");
  await page.getByLabel("Expression").fill("0 9 * * MON");
  await page.getByRole("textbox", { name: "Kind", exact: true }).fill("charge_card");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.locator("#explained").getByText("At 09:00").waitFor();
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("heading", { name: "weekly" }).waitFor();
  await page.getByRole("button", { name: "Run now" }).click();
  await page.locator("#times").getByText("by hand").waitFor();

  const [[runs]] = await desk.sql("SELECT count(*) FROM task_tower.tick WHERE recurring = 'weekly' AND job_id IS NOT NULL");
  assert.equal(runs, "1");
});
