// How much a first visit transfers, and how many elements it makes.

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { address, browse, newPage, open, routes, visit } from "./support.mjs";

const BYTES_MAX = 60_000;
const BYTES_WITH_CHARTS_MAX = 85_000;
// Of a page, and of fifty rows of a list beside it.
const ELEMENTS_MAX = 1_000;
const ROWS_ELEMENTS_MAX = 1_000;

browse("a first visit of any page is light", [], async () => {
  const desk = await open({ data: "seed" });

  for (const route of routes) {
    const page = await newPage();
    await assertLight(page, route, await address(route, desk));
    await page.context().close();
  }
});

async function assertLight(page, route, url) {
  const responses = [];
  page.on("response", (response) => responses.push(response));
  await visit(page, url, route.status);

  const sizes = await Promise.all(responses.map(async (response) => [response.url(), await transferred(response)]));
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const limit = route.charts ? BYTES_WITH_CHARTS_MAX : BYTES_MAX;
  assert.ok(sizes.length > 1 && total <= limit, `${total} bytes, ${limit} are allowed: ${JSON.stringify(sizes)}`);
  const inRows = await page.locator("[data-rows], [data-rows] *").count();
  const around = (await page.locator("*").count()) - inRows;
  const aroundMax = route.elements ?? ELEMENTS_MAX;
  assert.ok(inRows <= ROWS_ELEMENTS_MAX, `${route.name}: ${inRows} elements of rows, ${ROWS_ELEMENTS_MAX} are allowed`);
  assert.ok(around <= aroundMax, `${route.name}: ${around} elements, ${aroundMax} are allowed`);
}

// What the dashboard does not compress, the proxy in front does.
async function transferred(response) {
  if (response.headers()["content-encoding"]) return (await response.request().sizes()).responseBodySize;
  return gzipSync(await response.body()).length;
}
