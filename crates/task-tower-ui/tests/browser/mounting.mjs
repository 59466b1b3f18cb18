// The dashboard under any path: everything that a page leads to, loads or sends stays under it.

import assert from "node:assert/strict";
import { address, browse, open, routes, share, visit } from "./support.mjs";

const AT_ONCE = 4;
// Longer than any machine is busy; only a failing test waits so long.
const PATIENCE_MS = 30_000;

for (const prefix of ["/", "/task-tower", "/a/b"]) {
  browse(`under ${prefix} every page stays there, and its links lead somewhere`, [{}], async (page) => {
    const desk = await open({ data: "seed", prefix });
    const asked = new Set();
    page.on("request", (request) => asked.add(request.url()));
    const led = new Set();

    for (const route of routes) {
      const url = await address(route, desk);
      await visit(page, url, route.status);
      for (const target of await page.evaluate(targets)) if (target !== url) led.add(target);
    }

    const strays = [...asked, ...led].filter((target) => !target.startsWith(desk.url) && !target.startsWith("data:"));
    assert.deepEqual(strays, []);
    assert.deepEqual(await broken([...led].filter((target) => !target.endsWith("#post"))), []);
  });
}

// Resolved by the browser; forms are marked, as they are not asked by GET.
function targets() {
  const links = [...document.querySelectorAll("[href]")].map((element) => new URL(element.getAttribute("href"), document.baseURI).href);
  const forms = [...document.querySelectorAll("form")].map((form) => new URL(form.getAttribute("action") ?? "", document.baseURI).href);
  return [...links.map((target) => target.split("#")[0]), ...forms.map((target) => `${target.split("#")[0]}#post`)];
}

// Those that lead nowhere. A few are asked at a time: all of a dashboard at once would be a load that nobody puts on it.
async function broken(targets) {
  const isDeed = (target) => /\/(requeue|cancel|discard|delete|pause|resume)$/.test(target);
  const pages = targets.filter((target) => !isDeed(target));
  const answers = [];
  await share(Array.from({ length: AT_ONCE }), pages, async (_, target) => answers.push([target, await status(target)]));
  return answers.filter(([, status]) => status >= 400);
}

// A page that says that the database does not answer within its two seconds is there; on a busy machine, it is asked again.
async function status(target) {
  for (const began = Date.now(); ;) {
    const response = await fetch(target);
    await response.arrayBuffer();
    if (response.status !== 503 || Date.now() - began > PATIENCE_MS) return response.status;
  }
}
