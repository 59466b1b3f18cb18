// Where a change came from stands in one piece: an address is read, compared and copied.

import assert from "node:assert/strict";
import { NARROW, WIDE, browse, open, visit } from "./support.mjs";

for (const viewport of [WIDE, NARROW]) {
  browse(`at ${viewport.width} px no address in the audit is broken into lines`, [{ viewport }], async (page) => {
    const desk = await open({ data: "shop" });
    await visit(page, desk.at("audit"));

    const addresses = await page.locator(".audit .source").evaluateAll((all) => all.map((element) => {
      const words = document.createRange();
      words.selectNodeContents(element);
      return [element.textContent, words.getClientRects().length];
    }));

    assert.ok(addresses.some(([address]) => address.includes("-")), "there is one with a hyphen");
    assert.deepEqual(addresses.filter(([, lines]) => lines !== 1), []);
  });
}
