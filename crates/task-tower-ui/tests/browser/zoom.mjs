// At 400 % a screen of 1280 pixels is 320 wide: nothing is lost, and the page scrolls in one direction only.

import assert from "node:assert/strict";
import { beyond } from "./layout.mjs";
import { address, browse, open, routes, visit } from "./support.mjs";

const ZOOMED = { width: 320, height: 256 };

browse("at 400 % no page scrolls sideways, and no control is beyond the edge", [{ viewport: ZOOMED }], async (page) => {
  for (const data of ["seed", "shop"]) {
    const desk = await open({ data });
    for (const route of routes) {
      await visit(page, await address(route, desk), route.status);
      assert.deepEqual(await page.evaluate(beyond), [], `${route.name} of ${data}`);
    }
  }
});
