// Keeps the regions marked with `data-live` fresh: fetches the page again every two seconds and
// swaps those that changed. The next request begins only after the last one ended; a hidden page
// asks for nothing; a region that somebody uses is left alone.

const INTERVAL_MS = 2000;
const REMEMBERED = "task-tower-live";

const badge = document.querySelector("[data-live-badge]");
let timer;
let fetching = false;
let pressed = false;
let held = sessionStorage.getItem(REMEMBERED) === "held";

function isUsed(region) {
  const selection = document.getSelection();
  const selected = !selection.isCollapsed && selection.containsNode(region, true);
  const typed = [...region.querySelectorAll("input")].some((input) => input.value !== input.defaultValue);
  const opened = region.querySelector("details[open]") !== null;
  return pressed || selected || typed || opened || region.contains(document.activeElement);
}

function swap(fresh) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const replacement = fresh.getElementById(region.id);
    if (replacement && !isUsed(region) && !region.isEqualNode(replacement)) {
      region.replaceWith(document.adoptNode(replacement));
    }
  }
}

async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store", redirect: "error" });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const text = await answer.text();
  if (!held && !document.hidden) swap(new DOMParser().parseFromString(text, "text/html"));
}

async function tick() {
  if (fetching || held || document.hidden) return;
  fetching = true;
  try {
    await refresh();
    show("live");
  } catch {
    show("reconnecting");
  } finally {
    fetching = false;
    wait();
  }
}

function wait() {
  clearTimeout(timer);
  if (!held && !document.hidden) timer = setTimeout(tick, INTERVAL_MS);
}

function show(word) {
  const button = badge?.querySelector("button");
  if (!button) return;
  const shown = held ? "held" : word;
  button.className = `live-badge ${shown}`;
  button.textContent = badge.dataset[`${shown}Word`];
}

function toggle() {
  held = !held;
  sessionStorage.setItem(REMEMBERED, held ? "held" : "live");
  show("live");
  clearTimeout(timer);
  tick();
}

function addButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.title = badge?.title ?? "";
  button.addEventListener("click", toggle);
  badge?.append(button);
  show("live");
}

// A region that is swapped between press and release would swallow the click.
document.addEventListener("pointerdown", () => { pressed = true; });
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => { pressed = false; }));
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  tick();
});

addButton();
wait();
