// What visitors of different policies find: the buttons that they may press, the jobs that they may see, and a door
// that opens to who has a key.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NARROW, browse, open, visit } from "./support.mjs";

const DATABASE = { data: "shop", database: "policies" };

// By permission: what its buttons and links do.
const DEEDS = {
  requeue: ["requeue"],
  run_now: ["run-now", "run_now"],
  cancel: ["cancel"],
  discard: ["discard"],
  delete: ["delete"],
  edit: ["edit", "move", "prioritize", "reschedule"],
  enqueue: ["copy", "new"],
  pause_queues: ["pause", "resume", "pause-all", "resume-all", "limit"],
  manage_workers: ["quiet", "stop", "resume", "remove"],
  resolve_errors: ["resolve", "mute", "unresolve"],
  operations: ["undo"],
  save_views: ["views"],
  manage_recurring: ["run", "skip", "pause", "remove", "edit", "resume", "recurring-new"],
};

// Where all of them are.
async function pages(desk) {
  const [[group]] = await desk.sql("SELECT fingerprint FROM task_tower.error_group ORDER BY last_seen_at DESC LIMIT 1");
  const jobs = await Promise.all(["dead", "scheduled", "failed", "processing"].map((state) => desk.jobIn(state)));
  return [...jobs, "jobs", "queues", await desk.queue(), "recurring", "recurring/nightly-invoice", "workers", `errors/${group}`, `operations/${await operation(desk)}`];
}

// One that can be undone.
async function operation(desk) {
  const found = await desk.sql("SELECT id FROM task_tower.operation WHERE name = 'for the policies'");
  if (found.length > 0) return found[0][0];
  const admin = await open({ ...DATABASE, policy: { bearer: "t0ken" } });
  const body = JSON.stringify({ action: "prioritize", priority: 7, filter: "state:scheduled", name: "for the policies" });
  const headers = { authorization: "Bearer t0ken", "content-type": "application/json" };
  const answer = await fetch(admin.at("api/v1/operations"), { method: "POST", headers, body });
  assert.equal(answer.status, 201, await answer.clone().text());
  const { id } = await answer.json();
  for (let ended = false; !ended;) {
    ended = (await (await fetch(admin.at(`api/v1/operations/${id}`), { headers })).json()).ended_at !== null;
  }
  return id;
}

// What the forms and links of a page do, without those that everybody has.
function deeds() {
  const last = (address) => new URL(address, location.href).pathname.split("/").pop();
  const forms = [...document.querySelectorAll("form[method=post]")].map((form) => last(form.getAttribute("action")));
  const buttons = [...document.querySelectorAll("button[name=action]")].map((button) => button.value);
  const links = [...document.querySelectorAll("a[href]")].map((link) => link.getAttribute("href"));
  const leading = links.filter((href) => /(^|\/)(edit|copy|new)(\?|$)/.test(href)).map(last);
  return [...new Set([...forms, ...buttons, ...leading])].filter((deed) => deed !== "settings" && deed !== "act");
}

for (const [permission, own] of Object.entries(DEEDS)) {
  browse(`who may ${permission} and nothing else has the buttons for that and no others`, [{}], async (page) => {
    const desk = await open({ ...DATABASE, policy: { permissions: ["view", permission] } });

    const found = new Set();
    for (const path of await pages(desk)) {
      await visit(page, desk.at(path));
      (await page.evaluate(deeds)).forEach((deed) => found.add(deed));
    }

    assert.deepEqual([...found].filter((deed) => !own.includes(deed)), []);
    assert.notEqual(found.size, 0);
  });
}

browse("who may do everything has all buttons", [{}], async (page) => {
  const desk = await open({ ...DATABASE, policy: { permissions: ["view", ...Object.keys(DEEDS)] } });

  const found = new Set();
  for (const path of await pages(desk)) {
    await visit(page, desk.at(path));
    (await page.evaluate(deeds)).forEach((deed) => found.add(deed));
  }

  const missing = Object.keys(DEEDS).filter((permission) => !DEEDS[permission].some((deed) => found.has(deed)));
  assert.deepEqual(missing, []);
});

browse("who may requeue requeues a job and is told that they may not cancel it", [{}], async (page) => {
  const desk = await open({ ...DATABASE, database: "policies-acting", policy: { permissions: ["view", "requeue"] } });
  const job = await desk.jobIn("dead");
  await visit(page, desk.at(job));

  await page.getByRole("button", { name: "Requeue" }).click();
  await page.locator("h1 .badge", { hasText: "Enqueued" }).waitFor();
  const refused = await page.evaluate(async (address) => (await fetch(address, { method: "POST" })).status, desk.at(`${job}/cancel`));
  page.problems = page.problems.filter((problem) => !problem.includes("status of 403"));

  assert.equal(refused, 403);
  const entries = await desk.sql("SELECT actor, action FROM task_tower.audit WHERE actor = 'this machine'");
  assert.deepEqual(entries, [["this machine", "requeue"]]);
});

browse("who sees one queue finds its jobs, its page and no other", [{}], async (page) => {
  const all = await open(DATABASE);
  const [[own], [other]] = await all.sql("SELECT DISTINCT queue FROM task_tower.job WHERE queue ~ '^[a-z0-9-]+$' ORDER BY queue LIMIT 2");
  const [[hidden]] = await all.sql(`SELECT id FROM task_tower.job WHERE queue = '${other}' LIMIT 1`);
  const desk = await open({ ...DATABASE, policy: { queues: [own] } });

  await visit(page, desk.at("jobs"));
  assert.deepEqual([...new Set(await page.locator("tbody td.queue").allInnerTexts())], [own]);
  await visit(page, desk.at("queues"));
  assert.equal(await page.locator(`main a[href="queues/${own}"]`).count() > 0, true);
  assert.equal((await page.content()).includes(`queues/${other}`), false);
  assert.equal(await page.locator(".nav .count").count(), 0);
  await visit(page, desk.at(`jobs/${hidden}`), 404);
  await visit(page, desk.at(`queues/${other}`), 404);
  await visit(page, desk.at("doctor"), 403);
});

browse("a user with a password is let in, sees pages live, and is named", [
  { httpCredentials: { username: "ana", password: "correct horse" } },
], async (page) => {
  const desk = await open({ ...DATABASE, policy: { basic: "ana:correct horse" } });

  await visit(page, desk.at("jobs"));
  await page.locator("[data-live-badge]", { hasText: "Live" }).waitFor();

  assert.equal(await page.locator(".foot", { hasText: "ana" }).count(), 1);
});

browse("a program with a token is let in", [{ extraHTTPHeaders: { authorization: "Bearer t0ken" } }], async (page) => {
  const desk = await open({ ...DATABASE, policy: { bearer: "t0ken" } });

  await visit(page, desk.at("jobs"));

  assert.equal(await page.locator(".foot", { hasText: "token" }).count(), 1);
});

test("who has no password or a wrong one is asked for it, on every page, by every address but those of public files", async () => {
  const desk = await open({ ...DATABASE, policy: { basic: "ana:correct horse", bearer: "t0ken" } });

  for (const path of ["jobs", "no/such/page", "assets/any/none.css", "api/v1/jobs", "events"]) {
    for (const authorization of [undefined, `Basic ${btoa("ana:wrong")}`, "Bearer t0ke"]) {
      const answer = await fetch(desk.at(path), { headers: authorization ? { authorization } : {} });
      assert.equal(answer.status, 401, `${path} with ${authorization}`);
      assert.match(answer.headers.get("www-authenticate"), /Basic realm.*Bearer realm/, path);
    }
  }
});

test("who is refused gets a page that says so, and no button", async () => {
  for (const [policy, status] of [[{ basic: "ana:correct horse" }, 401], [{ bearer: "t0ken" }, 401], [{ gate: "deny" }, 403]]) {
    const desk = await open({ ...DATABASE, policy });

    const answer = await fetch(desk.at("jobs"));
    const html = await answer.text();

    assert.equal(answer.status, status);
    assert.match(html, /<h1>[^<]+<\/h1>/);
    assert.doesNotMatch(html, /jobs\/act|class="badge/);
  }
});

for (const [policy, status] of [[{ bearer: "t0ken" }, 401], [{ gate: "deny" }, 403]]) {
  browse(`the page of a ${status} has its style`, [{}, { theme: "dark", viewport: NARROW }], async (...pages) => {
    const desk = await open({ ...DATABASE, policy });
    for (const page of pages) {
      await visit(page, desk.at("jobs"), status);

      const look = await page.getByRole("main").getByRole("link").evaluate((link) => getComputedStyle(link).borderRadius);
      assert.notEqual(look, "0px");
    }
  });
}

browse("whom the host sends to sign in goes there from every page, and programs are refused", [{}], async (page) => {
  const desk = await open({ ...DATABASE, prefix: "/tower", policy: { gate: "redirect" } });

  for (const path of ["jobs", "queues", "no/such/page"]) {
    await visit(page, desk.at(path));
    assert.equal(new URL(page.url()).pathname, "/sign-in", path);
  }
  const program = await fetch(desk.at("api/v1/jobs"), { redirect: "manual" });

  assert.equal(program.status, 403);
});
