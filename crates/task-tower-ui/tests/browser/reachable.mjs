// Every page is there: with jobs, without any, and for readers only. None has anything inline.

import assert from "node:assert/strict";
import { test } from "node:test";
import { address, browse, open, routes, visit } from "./support.mjs";

for (const data of ["seed", "empty"]) {
  for (const read_only of [false, true]) {
    test(`every page answers with ${data} data${read_only ? ", read-only" : ""}`, async () => {
      const desk = await open({ data, read_only });

      for (const route of present(data)) {
        const response = await fetch(await address(route, desk));
        assert.equal(response.status, (read_only && route.readOnlyStatus) || (route.status ?? 200), route.name);
        assert.match(await response.text(), /<\/html>\s*$/, route.name);
      }
    });
  }
}

browse("no page has a style, a script or a handler inside", [{}], async (page) => {
  for (const desk of [await open({ data: "seed" }), await open({ data: "empty" })]) {
    await visit(page, desk.at("jobs"));
    for (const route of present(desk.databaseUrl.endsWith("/seed") ? "seed" : "empty")) {
      const html = await (await fetch(await address(route, desk))).text();
      assert.deepEqual(await page.evaluate(findInline, html), [], route.name);
    }
  }
});

function present(data) {
  return routes.filter((route) => data !== "empty" || !route.needs);
}

// As the browser understands the page, but without running it.
function findInline(html) {
  const elements = [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("*")];
  const isInline = (element) =>
    element.localName === "style" || (element.localName === "script" && !element.hasAttribute("src")) ||
    element.getAttributeNames().some((name) => name === "style" || name.startsWith("on"));
  return elements.filter(isInline).map((element) => element.outerHTML.slice(0, 200));
}
