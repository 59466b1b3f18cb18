// What happens elsewhere shows by itself.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

// The page asks every two seconds.
const SHOWN_MS_MAX = 2_500;
const TIMES = 2;

browse("a job enqueued elsewhere shows, as a row or as a number of new ones", [{}], async (page) => {
  const desk = await open({ data: "empty", database: "live" });
  await desk.sql("SELECT task_tower.enqueue('first')");
  await visit(page, desk.at("jobs"));
  await page.getByText("first").waitFor();

  for (let number = 0; number < TIMES; number += 1) {
    const began = Date.now();
    await desk.sql(`SELECT task_tower.enqueue('newcomer_${number}')`);
    await page.getByText(`newcomer_${number}`).or(page.getByRole("button", { name: /\d+ new/ })).first().waitFor();
    const shown = Date.now() - began;
    assert.ok(shown <= SHOWN_MS_MAX, `it took ${shown} ms`);
  }
});
