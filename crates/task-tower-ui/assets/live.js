// Keeps the regions marked with `data-live` fresh. When the server says that a topic changed which one of
// them names that is in view, the page is asked for again; the next request begins only after the last one ended; a
// hidden page asks for nothing. The reader can stop it all, and that is remembered.

import { tell, words } from "./announcer.js";
import { Badge } from "./badge.js";
import { Channel } from "./channel.js";
import { held, watchHolds } from "./hold.js";
import { apply, countNewcomers, list, rowsOf } from "./regions.js";
import { browser } from "./store.js";
import { View } from "./view.js";

const POLL_MS = 5_000;
const IDLE_MS = 30_000;
const PATIENCE_MS = 30_000;
const PAUSED = "paused";

const badge = document.querySelector("[data-live-badge]") && new Badge(document.querySelector("[data-live-badge]"), toggle);
const pill = document.querySelector("[data-newcomers]");

let isPaused = browser.get(PAUSED) === true;
let state = "live";
let isFetching = false;
let isWanted = false;
let failed = false;
let contact = Date.now();
let timer;
// A copy that came while the reader held the page.
let kept;
let tag;
// What the reader was told of last.
let told = { isFresh: !isPaused, isPaused };

const view = new View(ask);

const channel = new Channel((word) => {
  if (word.state) enter(word.state);
  else look(word.changed);
});

// A topic changed, or nobody knows which.
function look(topic) {
  if (view.changed(topic)) ask();
}

function enter(next) {
  state = next;
  show();
  plan();
}

// `isAsked`: by the reader, who wants to see everything there is.
async function ask({ isAsked = false } = {}) {
  if (isFetching) isWanted = true;
  if (isFetching || (!isAsked && (isPaused || document.hidden))) return;
  isFetching = true;
  view.asked();
  try {
    await fetchPage(isAsked);
    failed = false;
    contact = Date.now();
  } catch {
    failed = true;
  }
  isFetching = false;
  show();
  plan();
  if (isWanted) again();
}

function again() {
  isWanted = false;
  ask();
}

async function fetchPage(isAsked) {
  const url = address(isAsked);
  const headers = tag?.url === url ? { "if-none-match": tag.value } : {};
  const answer = await fetch(url, { headers, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  tag = { url, value: answer.headers.get("etag") };
  if (isAsked || !isPaused) take(fresh, isAsked);
}

// The list as far as it is shown: what came since is only counted.
function address(isAsked) {
  const url = new URL(location.href);
  const rows = list();
  const [first] = rowsOf(rows);
  if (!isAsked && first && rows.dataset.anchor) url.searchParams.set(rows.dataset.anchor, first.dataset.rowId);
  url.hash = "";
  return url.href;
}

function take(fresh, isAsked) {
  if (!isAsked && held()) {
    kept = fresh;
    announce(countNewcomers(fresh));
  } else {
    kept = undefined;
    announce(apply(fresh, { isAsked }));
    view.watch();
    document.dispatchEvent(new CustomEvent("tower:refreshed"));
  }
}

function announce(count) {
  if (!pill) return;
  const number = count > 100 ? "100+" : `${count}`;
  const place = pill.querySelector("[data-words]");
  if (number !== pill.dataset.number) tell("newcomers", count > 0 && newcomers(number));
  pill.hidden = count === 0;
  pill.dataset.number = number;
  place.textContent = place.dataset.words.replace("{number}", number);
}

const newcomers = (number) => (number === "1" ? words.newcomerWord : words.newcomersWord.replace("{number}", number));

function released() {
  show();
  if (kept && !held() && !isPaused) take(kept, false);
}

function show() {
  const hold = held();
  if (isPaused) badge.show("paused", contact);
  else if (state === "reconnecting" || failed) badge.show("reconnecting", contact);
  else if (hold) badge.show("held", contact, hold.selected);
  else badge.show(state, contact);
  tellFreshness();
}

// A poll is as good as a connection.
function tellFreshness() {
  const now = { isFresh: !isPaused && !failed && state !== "reconnecting", isPaused };
  if (now.isFresh === told.isFresh && now.isPaused === told.isPaused) return;
  told = now;
  tell("freshness", isPaused ? words.pausedWord : now.isFresh ? words.freshWord : words.lostWord);
}

// Ages grow without any change, and a poll is due when nobody tells.
function plan() {
  clearTimeout(timer);
  if (!isPaused && !document.hidden) timer = setTimeout(due, state === "polling" || failed ? POLL_MS : IDLE_MS);
}

function due() {
  look();
  plan();
}

export function toggle() {
  if (!badge) return;
  isPaused = !isPaused;
  browser.set(PAUSED, isPaused || null);
  follow();
}

function follow() {
  if (isPaused || document.hidden) channel.stop();
  else {
    channel.start();
    ask();
  }
  show();
  plan();
}

function begin() {
  pill?.addEventListener("click", () => ask({ isAsked: true }));
  watchHolds(released);
  document.addEventListener("visibilitychange", follow);
  // What the browser keeps to go back to must have no connection.
  addEventListener("pagehide", () => channel.stop());
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  setInterval(show, 1_000);
  if (!isPaused && !document.hidden) channel.start();
  show();
  plan();
}

if (badge) begin();
