// The steps of a batch: drawn where there is room, listed where there is not or who wants it, and kept fresh.

import assert from "node:assert/strict";
import axe from "axe-core";
import { NARROW, WIDE, browse, open, visit } from "./support.mjs";

const card = (page, name) => page.locator(`.graph .card[title="${name}"]`);
const row = (page, name) => page.locator(".steps-list li").filter({ has: page.getByText(name, { exact: true }) });

browse("steps are drawn, and listed by a click, with and without JavaScript", [{}, { javaScriptEnabled: false }], async (...pages) => {
  const desk = await open({ data: "shop" });
  for (const page of pages) {
    await visit(page, desk.at(await desk.batch()));

    assert.equal(await page.locator(".graph .card").count(), 7);
    assert.match(await card(page, "resize_image").innerText(), /Processing\s*resize_image\s*\d+ of 1,240/);
    assert.match(await card(page, "warm_product_cache").innerText(), /Awaiting\s*warm_product_cache\s*waits for 1/);
    assert.equal(await row(page, "resize_image").isVisible(), false);

    await page.getByRole("link", { name: "List", exact: true }).click();
    await row(page, "warm_product_cache").getByText("reindex_product, update_prices").waitFor();
    assert.equal(await page.locator(".graph").count(), 0);
    assert.match(await row(page, "resize_image").innerText(), /Dead 8/);

    await page.getByRole("link", { name: "Graph", exact: true }).click();
    await card(page, "resize_image").click();
    await page.locator(".chip", { hasText: "resize_image" }).waitFor();
  }
});

browse("each step stands to the right of those that it awaits, and no step covers another", [{ viewport: WIDE }], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at(await desk.batch()));

  const places = new Map();
  for (const one of await page.locator(".graph .card").all()) places.set(await one.getAttribute("title"), await one.boundingBox());
  const right = (name) => places.get(name).x + places.get(name).width;
  for (const [awaited, name] of [["import_supplier_feed", "validate_rows"], ["validate_rows", "resize_image"], ["update_prices", "warm_product_cache"], ["warm_product_cache", "publish_catalog"]]) {
    assert.ok(right(awaited) < places.get(name).x, `${awaited} is not to the left of ${name}`);
  }
  const boxes = [...places.values()];
  const cover = (one, other) => one !== other && Math.abs(one.x - other.x) < one.width && Math.abs(one.y - other.y) < one.height;
  assert.deepEqual(boxes.filter((one) => boxes.some((other) => cover(one, other))), []);
});

browse("where it is narrow, steps are a list", [{ viewport: NARROW }], async (page) => {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at(await desk.batch()));

  assert.equal(await page.locator(".graph").isVisible(), false);
  assert.equal(await row(page, "publish_catalog").isVisible(), true);
});

browse("axe finds nothing in steps, drawn or listed, light or dark, wide or narrow", [{ viewport: WIDE }, { viewport: NARROW }], async (...pages) => {
  const desk = await open({ data: "shop" });
  const found = [];
  for (const page of pages) {
    for (const [form, colorScheme] of [["graph", "light"], ["graph", "dark"], ["list", "light"], ["list", "dark"]]) {
      await page.emulateMedia({ colorScheme });
      await visit(page, desk.at(`${await desk.batch()}?steps=${form}`));
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run("#steps, #members"));
      found.push(...violations.map(({ id, nodes }) => `${form} ${colorScheme}: ${id} at ${nodes.map(({ html }) => html).join(" ")}`));
    }
  }

  assert.deepEqual(found, []);
});

browse("a step that comes is drawn while one looks", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "steps" });
  const [[id]] = await desk.sql("SELECT task_tower.open_batch('fresh')");
  const add = (kind) => desk.sql(`SELECT task_tower.enqueue('${kind}', batch_id => '${id}')`);
  await add("first");
  await add("second");
  await visit(page, desk.at(`batches/${id}`));
  await card(page, "second").waitFor();

  await add("third");

  await card(page, "third").waitFor();
});
