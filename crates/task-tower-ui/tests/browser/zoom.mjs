// At 400 % a screen of 1280 pixels is 320 wide: nothing is lost, and the page scrolls in one direction only.

import assert from "node:assert/strict";
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

function beyond() {
  const width = document.documentElement.clientWidth;
  const scroller = document.scrollingElement;
  const controls = [...document.querySelectorAll("a, button, input, select, textarea, summary, h1, h2")];
  const scrolls = (element) => element && (["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const isLost = (element) => {
    const box = element.getBoundingClientRect();
    const isShown = element.checkVisibility() && box.width > 1;
    return isShown && (box.right > width + 1 || box.left < -1) && !element.classList.contains("skip") && !scrolls(element);
  };
  const lost = controls.filter(isLost).map((element) => element.outerHTML.slice(0, 160));
  return scroller.scrollWidth > width ? [`the page is ${scroller.scrollWidth} wide`, ...lost] : lost;
}
