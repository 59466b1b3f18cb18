// A part of a job's timeline is picked by the pointer, by the keyboard, and without a script.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const part = (page) => new URL(page.url()).searchParams.get("zoom");
const ends = (page) => page.locator("[data-brush]").getAttribute("data-brush");

async function visitJob(page) {
  const desk = await open({ data: "shop" });
  await visit(page, desk.at(`${await desk.jobIn("failed")}?from=state%3Afailed`));
  return page.locator("[data-brush] .area");
}

browse("what is dragged over is shown by itself, and the whole is a link away", [{}], async (page) => {
  const area = await visitJob(page);
  await page.locator(".live-badge").waitFor();
  const [begin, end] = (await ends(page)).split("-").map(Number);
  const box = await area.boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];

  await page.mouse.move(...at(0.25));
  await page.mouse.down();
  await page.mouse.move(...at(0.5), { steps: 4 });
  assert.equal(await page.locator(".brush").count(), 1);
  await Promise.all([page.waitForURL(/zoom=/), page.mouse.up()]);

  const [from, to] = part(page).split("-").map(Number);
  const near = (one, other) => Math.abs(one - other) < (end - begin) * 0.01;
  assert.ok(near(from, begin + (end - begin) * 0.25) && near(to, begin + (end - begin) * 0.5), `${from}-${to} of ${begin}-${end}`);
  assert.equal(await ends(page), `${from}-${to}`);
  await page.getByRole("link", { name: "Whole life" }).click();
  await page.waitForURL((url) => !url.searchParams.has("zoom") && url.searchParams.get("from") === "state:failed");
});

browse("a click picks nothing, and Escape lets go", [{}], async (page) => {
  const area = await visitJob(page);
  await page.locator(".live-badge").waitFor();
  const box = await area.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 4);
  await page.mouse.move(box.x + box.width * 0.2, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 4, { steps: 2 });
  await page.keyboard.press("Escape");
  await page.mouse.up();

  assert.equal(await page.locator(".brush").count(), 0);
  assert.equal(part(page), null);
});

for (const options of [{}, { javaScriptEnabled: false }]) {
  browse(`links go into the timeline, along it and out of it by the keyboard, ${JSON.stringify(options)}`, [options], async (page) => {
    await visitJob(page);
    const whole = (await ends(page)).split("-").map(Number);
    const follow = async (name) => {
      const before = page.url();
      await page.getByRole("link", { name, exact: true }).focus();
      await Promise.all([page.waitForURL((url) => url.href !== before), page.keyboard.press("Enter")]);
      await page.waitForLoadState();
      return (await ends(page)).split("-").map(Number);
    };

    const inner = await follow("Zoom in");
    const earlier = await follow("Earlier");
    const outer = await follow("Zoom out");

    assert.ok(inner[0] > whole[0] && inner[1] < whole[1], `${inner} in ${whole}`);
    assert.ok(earlier[0] < inner[0] && earlier[1] < inner[1], `${earlier} before ${inner}`);
    assert.ok(outer[1] - outer[0] > earlier[1] - earlier[0], `${outer} around ${earlier}`);
  });
}
