// Texts that try to become code, in every field that is stored and in every address: they stay texts.

import assert from "node:assert/strict";
import { CORPUS } from "./corpus.mjs";
import { browse, open, share, visit } from "./support.mjs";

// What a text may not leave behind. The page's own script is the only one.
function leftovers() {
  const own = document.querySelectorAll("script[src*='/assets/']").length;
  const made = [...document.querySelectorAll("[evil], iframe, object, embed, base, style, template, marquee, video, math")];
  const links = [...document.querySelectorAll("[href], [action], [src]")];
  const code = links.filter(({ href, action, src }) => /^(javascript|vbscript|data:text)/i.test(`${href?.baseVal ?? href ?? action ?? src}`.trim()));
  const handlers = [...document.querySelectorAll("*")].filter((element) => element.getAttributeNames().some((name) => name.startsWith("on")));
  const scripts = document.scripts.length === own ? [] : [...document.scripts];
  const called = window.evilCalls ?? 0;
  return [...made, ...code, ...handlers, ...scripts].map((element) => element.outerHTML.slice(0, 200)).concat(called ? ["called"] : []);
}

function trap() {
  window.evil = () => { window.evilCalls = (window.evilCalls ?? 0) + 1; };
}

async function assertHarmless(page, url, name, status) {
  await visit(page, url, status);
  assert.deepEqual(await page.evaluate(leftovers), [], `${name} at ${url}`);
}

browse("hostile texts in every stored field stay texts", [{}, {}], async (...pages) => {
  const desk = await open({ data: "empty", database: "hostile" });
  const ids = await store(desk);
  await Promise.all(pages.map((page) => page.addInitScript(trap)));

  const lists = ["jobs", "jobs?q=state:dead", "jobs?q=state:failed", "jobs?q=state:cancelled", "queues", "workers"];
  const queues = ids.map(([, name]) => [`queues/${encodeURIComponent(name)}`, name]);
  const paths = [...lists.map((path) => [path, path]), ...ids.map(([id, kind]) => [`jobs/${id}`, kind]), ...queues];
  await share(pages, paths, (page, [path, name]) => assertHarmless(page, desk.at(path), name));
});

browse("hostile texts in addresses stay texts", [{}, {}], async (...pages) => {
  const desk = await open({ data: "empty" });
  await Promise.all(pages.map((page) => page.addInitScript(trap)));

  await share(pages, [...CORPUS.entries()], async (page, [index, text]) => {
    const word = encodeURIComponent(text.replaceAll("\t", " "));
    await assertHarmless(page, desk.at(`jobs?queue=${word}&kind=${word}&tag=${word}&q=${word}`), text);
    await assertHarmless(page, desk.at(`jobs?q=state:${word}&add=${word}`), text);
    if (index % 2) await assertHarmless(page, desk.at(`jobs/${word}`), text, 400);
  });
});

const literal = (text) => `'${text.replaceAll("'", "''")}'`;

// One job for each text, with it in every field; texts that are no names are in the others only.
async function store(desk) {
  const texts = CORPUS.map((text, index) => `(${index}, ${literal(text)})`).join(",");
  await desk.sql(`
    CREATE TABLE public.corpus AS
    SELECT number, text, CASE WHEN text ~ '[[:cntrl:],*]' OR octet_length(text) > 64 THEN 'name ' || number ELSE text END AS name
    FROM (VALUES ${texts}) AS corpus (number, text);

    CREATE TABLE public.made AS
    SELECT task_tower.new_id() AS id, number, name, ARRAY[name] AS tags,
           jsonb_build_object(text, text, 'list', jsonb_build_array(text), 'deep', jsonb_build_object('text', text)) AS json,
           text, jsonb_build_array(
               jsonb_build_object('event', 'failed', 'at', now(), 'attempt', 1, 'started_at', now(), 'worker_id', 1,
                   'run_at', now(), 'error', jsonb_build_object('kind', text, 'message', text, 'details', text)),
               jsonb_build_object('event', 'requeued', 'at', now(), 'note', text)) AS events
    FROM public.corpus;

    INSERT INTO task_tower.history (
        id, run_at, created_at, attempted_at, finished_at, worker_id, lease, attempt, failures, crashes, max_retries, priority,
        state, kind, queue, tags, payload, context, unique_key, reason, result, events)
    SELECT id, now(), now(), now(), now(), 1, 2, 1, 1, 0, 1, 0, 4 + number % 2, name, name, tags, json, json, text, text, json, events
    FROM public.made WHERE number % 3 > 0;

    INSERT INTO task_tower.job (
        id, run_at, failures, attempt, retrying, kind, queue, tags, payload, context, unique_key, events)
    SELECT id, now() + interval '1 h', 1, 1, true, name, name, tags, json, json, text, events
    FROM public.made WHERE number % 3 = 0;

    INSERT INTO task_tower.queue (name, paused_at, paused_reason) SELECT name, now(), text FROM public.corpus;
    INSERT INTO task_tower.kind (name, display_name) SELECT name, text FROM public.corpus;
    INSERT INTO task_tower.worker (host, process_id, version, slots, kinds, queues, dead_after, ended_at, ended_how)
    SELECT text, 1, text, 1, ARRAY[name], ARRAY[name], interval '15 s', CASE WHEN number % 2 = 0 THEN now() END,
           CASE WHEN number % 2 = 0 THEN 'silent' END
    FROM public.corpus`);
  return desk.sql("SELECT id, name FROM public.made ORDER BY number");
}
