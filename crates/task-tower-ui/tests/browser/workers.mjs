// A worker is asked from its page to claim no more, to go on, and to stop; the front page says what is wrong.

import assert from "node:assert/strict";
import { browse, open, visit } from "./support.mjs";

const button = (page, word) => page.locator("#deeds").getByRole("button", { name: word });

browse("a worker is quieted, resumed and stopped by the buttons of its page", [{ javaScriptEnabled: true }, { javaScriptEnabled: false }], async (...pages) => {
  for (const [number, page] of pages.entries()) {
    const desk = await open({ data: "shop", database: `workers-${number}` });
    const address = await desk.busyWorker();
    await visit(page, desk.at(address));

    await button(page, "Quiet").click();
    await button(page, "Resume").click();
    await button(page, "Stop").click();
    await button(page, "Stop").waitFor({ state: "detached" });

    const [[command]] = await desk.sql(`SELECT command FROM task_tower.worker WHERE id = ${address.split("/")[1]}`);
    assert.equal(command, "stop");
  }
});

browse("a worker that falls silent is told on the front page while one looks at it", [{}], async (page) => {
  const desk = await open({ data: "shop", database: "silent" });
  await visit(page, desk.at("overview"));

  await desk.sql(`
    INSERT INTO task_tower.worker (id, host, process_id, version, slots, kinds, queues, dead_after)
    OVERRIDING SYSTEM VALUE
    VALUES (4711, 'far-away', 7, '0', 1, '{}', '{}', '10 s')`);

  await page.locator("#troubles").getByText("Worker far-away was not heard for").waitFor();
});
