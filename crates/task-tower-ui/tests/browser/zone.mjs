// Another zone changes every time on every page alike: in lists, where one points, on axes, and in charts.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

// Half an hour beside the full one: no time of theirs is one of ours by chance.
const ZONE = "Asia/Kolkata";
const AHEAD_MINUTES = 330;

async function choose(page, desk, zone) {
  await visit(page, desk.at("settings"));
  await page.getByLabel("Zone").selectOption(zone);
  await page.locator("#times").getByText("Exact", { exact: true }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/settings");
}

// Minutes of the day, wherever a clock time stands in the text.
function minutes(text) {
  const found = /(\d\d):(\d\d)/.exec(text);
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}

const times = (page) => page.locator("time").evaluateAll((all) => all.map((time) => [time.dateTime, time.textContent, time.title]));

function assertAhead(here, there, what) {
  assert.equal(there, (here + AHEAD_MINUTES) % 1_440, what);
}

browse("lists and what they say when pointed at are in the zone of the reader", [{}, {}], async (utc, kolkata) => {
  const desk = await open({ data: "shop" });
  await choose(utc, desk, "UTC");
  await choose(kolkata, desk, ZONE);

  for (const path of ["jobs?q=state:dead", await desk.jobIn("failed")]) {
    const there = await timesOf(kolkata, desk.at(path));
    const here = new Map((await timesOf(utc, desk.at(path))).map(([instant, ...told]) => [instant, told]));
    const both = there.filter(([instant]) => here.has(instant));

    assert.ok(both.length > 0, path);
    for (const [instant, text, title] of both) {
      const [textHere, titleHere] = here.get(instant);
      assertAhead(minutes(titleHere), minutes(title), `${path}: ${titleHere} and ${title}`);
      if (minutes(textHere) !== undefined) assertAhead(minutes(textHere), minutes(text), `${path}: ${textHere} and ${text}`);
      assert.ok(title.endsWith("UTC+5:30"), title);
    }
  }
});

async function timesOf(page, url) {
  await visit(page, url);
  return times(page);
}

browse("axes and words of charts are in the zone of the reader", [{}, {}], async (utc, kolkata) => {
  const desk = await open({ data: "shop" });
  const told = [];
  for (const [page, zone] of [[utc, "UTC"], [kolkata, ZONE]]) {
    await choose(page, desk, zone);
    await visit(page, desk.at("overview?window=6h"));
    const chart = page.locator("[data-chart]").filter({ has: page.locator(".twin tbody tr") }).first();
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.locator(".area").boundingBox();
    await page.mouse.move(box.x + 1, box.y + 5);
    const tip = await chart.locator("[data-tip]").textContent();
    const axis = await chart.locator(".area text").allTextContents();
    told.push({ tip: minutes(tip), axis: axis.map(minutes).filter((time) => time !== undefined) });
  }

  const [here, there] = told;
  // The window has gone on for a moment between the two.
  const ahead = (there.tip - here.tip + 1_440) % 1_440;
  assert.ok(Math.abs(ahead - AHEAD_MINUTES) <= 10, `${here.tip} and ${there.tip}`);
  assert.ok(here.axis.length > 1 && here.axis.length === there.axis.length, JSON.stringify(told));
  here.axis.forEach((time, place) => {
    const apart = (there.axis[place] - time + 1_440) % 1_440;
    assert.ok(Math.abs(apart - AHEAD_MINUTES) <= 10, `${time} and ${there.axis[place]}`);
  });
});

browse("a date in the filter is a day of the reader's zone", [{}, {}], async (utc, kolkata) => {
  const desk = await open({ data: "empty", database: "zone" });
  // Late in the evening of the first in UTC is the second in Kolkata.
  await desk.sql(`
    INSERT INTO task_tower.job (id, kind, created_at, run_at)
    SELECT task_tower.first_id('2026-11-01 20:00Z'), 'evening', '2026-11-01 20:00Z', '2026-11-01 20:00Z' WHERE NOT EXISTS (SELECT FROM task_tower.job)`);
  await choose(utc, desk, "UTC");
  await choose(kolkata, desk, ZONE);

  for (const [page, day, other] of [[utc, "2026-11-01", "2026-11-02"], [kolkata, "2026-11-02", "2026-11-01"]]) {
    await visit(page, desk.at(`jobs?q=created:${day}`));
    assert.equal(await page.locator("[data-row-id]").count(), 1, day);
    await visit(page, desk.at(`jobs?q=created:${other}`));
    assert.equal(await page.locator("[data-row-id]").count(), 0, other);
  }
});
