// What nobody sees is not asked for, until somebody looks.

import assert from "node:assert/strict";
import { badge, enqueue, pill, watchRequests } from "./fresh.mjs";
import { browse, open, visit } from "./support.mjs";

async function visitJobs(page) {
  const desk = await open({ data: "empty", database: "view" });
  await enqueue(desk, "first");
  await visit(page, desk.at("jobs"));
  await badge(page, "Live").waitFor();
  return desk;
}

// All that is marked to be kept fresh, but for the navigation.
const push = (page) => page.evaluate(() => { document.querySelector("h1").style.marginBottom = "4000px"; });

// Frames are drawn before anybody is told what is in view.
const drawn = (page) => page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve, 50)); }));

browse("a list out of view is not asked for when it changes, but when it comes into view", [{}, {}], async (page, witness) => {
  const desk = await visitJobs(page);
  await visitJobs(witness);
  await pill(page).waitFor();
  await push(page);
  await drawn(page);
  const requests = watchRequests(page, "/jobs");

  await enqueue(desk, "unseen");
  await pill(witness).waitFor();
  await drawn(page);
  assert.equal(requests.total, 0);

  await page.locator("[data-rows]").scrollIntoViewIfNeeded();
  await page.waitForFunction(() => document.querySelector("[data-newcomers]").textContent === "2 new");
  assert.equal(requests.total, 1);
});

const isRefresh = (response) => response.request().resourceType() === "fetch" && new URL(response.url()).pathname.endsWith("/jobs");

// Says to the page what the tab with the connection would say.
const tell = (page, desk) => page.evaluate((path) => new BroadcastChannel(`task-tower:${path}`).postMessage({ changed: "jobs" }), new URL(desk.url).pathname);

browse("all regions in view that a change concerns are asked for at once", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "view" });
  // A connection begins with a look at everything.
  const begun = page.waitForResponse(isRefresh);
  await visit(page, desk.at("jobs"));
  await begun;
  assert.ok(await page.locator('[data-live="jobs"]').count() > 1);
  const requests = watchRequests(page, "/jobs");

  for (const total of [1, 2]) {
    const refreshed = page.waitForResponse(isRefresh);
    await tell(page, desk);
    await refreshed;
    assert.equal(requests.total, total);
  }
});
