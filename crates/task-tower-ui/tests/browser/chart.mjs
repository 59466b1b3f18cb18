// A line at the pointer, over all charts of a page, and what they say there.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

async function visitOverview(page) {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at("overview"));
  await page.locator(".live-badge").waitFor();
  return page.locator("[data-chart]").filter({ has: page.locator(".twin tbody tr") });
}

const area = (chart) => chart.locator(".area").first();

// The cells of the row of the table whose time is nearest to this share of the axis.
const cellsAt = (chart, share) => chart.evaluate((element, at) => {
  const rows = [...element.querySelectorAll(".twin tbody tr")];
  const apart = (row) => Math.abs(Number(row.dataset.place) - at);
  const [nearest] = rows.sort((one, other) => apart(one) - apart(other));
  return [...nearest.cells].map((cell) => cell.textContent);
}, share);

async function pointAt(page, chart, share) {
  const box = await area(chart).boundingBox();
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
}

browse("the pointer draws a line through all charts, each of which says the numbers of its table there", [{}], async (page) => {
  const charts = await visitOverview(page);
  const count = await charts.count();
  assert.ok(count > 1, "charts that share an axis");
  await charts.first().scrollIntoViewIfNeeded();

  for (const share of [0.3, 0.71]) {
    await pointAt(page, charts.first(), share);
    for (let number = 0; number < count; number += 1) {
      const chart = charts.nth(number);
      const told = await chart.locator("[data-tip]").textContent();
      const [first, ...rest] = await cellsAt(chart, share);
      assert.ok(told.startsWith(first), `${told} instead of ${first}`);
      for (const cell of rest) assert.ok(told.includes(cell), `${told} lacks ${cell}`);
      const line = await chart.locator("[data-crosshair]").getAttribute("x1");
      assert.ok(Math.abs(Number.parseFloat(line) - share * 100) < 1, `${line} instead of ${share * 100}%`);
    }
  }
});

browse("every chart has a table as its twin, whose rows and columns have heads", [{}], async (page) => {
  const desk = await open({ data: "shop" });
  for (const path of ["overview", await desk.busyKind(), await desk.queue(), await desk.jobIn("failed")]) {
    await visit(page, desk.at(path));
    const bare = await page.locator("[data-chart]").evaluateAll((charts) => charts
      .filter((chart) => chart.querySelector(".area :is(rect, path)"))
      .filter((chart) => !(chart.parentElement.querySelector(".twin thead th[scope=col]") && chart.parentElement.querySelector(".twin tbody tr")))
      .map((chart) => chart.querySelector(".plot").getAttribute("aria-label")));
    assert.deepEqual(bare, [], path);
    assert.equal(await page.locator(".twin tbody tr > td:first-child").count(), 0, `${path}: rows without a head`);
  }
});

browse("the heat map says at the pointer what ran then, and how long", [{}], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at(await desk.busyKind()));
  const map = page.locator("#times");
  await map.scrollIntoViewIfNeeded();

  await pointAt(page, map.locator("[data-chart]"), 0.5);
  await map.getByText("Table").click();

  assert.match(await map.locator("[data-tip]").textContent(), / × /);
  assert.ok(await map.getByRole("columnheader", { name: "Runs" }).isVisible());
});

browse("line and words go when the pointer leaves", [{}], async (page) => {
  const charts = await visitOverview(page);
  await charts.first().scrollIntoViewIfNeeded();
  await pointAt(page, charts.first(), 0.5);
  await page.locator("[data-tip]").first().waitFor();

  await page.mouse.move(2, 2);

  assert.equal(await page.locator("[data-tip], [data-crosshair]").count(), 0);
});

browse("what a chart says at the left is older than what it says at the right", [{}], async (page) => {
  const charts = await visitOverview(page);
  const chart = charts.first();
  await chart.scrollIntoViewIfNeeded();
  const times = await chart.locator(".twin tbody tr").evaluateAll((rows) => rows.map((row) => row.cells[0].textContent));
  assert.ok(times.length > 2, `${times}`);

  await pointAt(page, chart, 0.001);
  const left = await chart.locator("[data-tip]").textContent();
  await pointAt(page, chart, 0.999);
  const right = await chart.locator("[data-tip]").textContent();

  // The table has the latest first.
  assert.deepEqual([left, right].map((told) => told.split(" · ")[0]), [times.at(-1), times[0]]);
});

browse("at its edges a chart says its first and its last row", [{}], async (page) => {
  const charts = await visitOverview(page);
  const chart = charts.first();
  await chart.scrollIntoViewIfNeeded();
  const box = await area(chart).boundingBox();

  await page.mouse.move(box.x + 1, box.y + 5);
  const first = await chart.locator("[data-tip]").textContent();
  await page.mouse.move(box.x + box.width - 1, box.y + 5);
  const last = await chart.locator("[data-tip]").textContent();

  assert.ok(first.startsWith((await cellsAt(chart, 0))[0]), first);
  assert.ok(last.startsWith((await cellsAt(chart, 0.9999))[0]), last);
});

browse("line and words stay when the page is refreshed", [{}], async (page) => {
  const charts = await visitOverview(page);
  await charts.first().scrollIntoViewIfNeeded();
  await pointAt(page, charts.first(), 0.5);
  await charts.first().locator("[data-tip]").waitFor();

  await page.evaluate(() => {
    window.refreshed = new Promise((resolve) => { document.addEventListener("tower:refreshed", resolve, { once: true }); });
  });
  await page.keyboard.press("r");
  await page.keyboard.press("r");
  await page.evaluate(() => window.refreshed);

  assert.equal(await charts.first().locator("[data-tip]").count(), 1);
  assert.equal(await charts.first().locator("[data-crosshair]").count(), 1);
});
