// Picks rows of a list, on this page and on others. A box is a checkbox `id` in a row with `data-row-id`; the bar
// `[data-select-bar]` of the form says how many are picked, and takes along those of other pages. Without this script,
// the boxes are boxes of that form.

import { current, leave } from "./rows.js";
import { tab } from "./store.js";

const PICKED = "picked";
const IDS_MAX = 1_000;
const BOX = "[data-row-id] input[name=id]";

const picked = new Set(tab.get(PICKED) ?? []);
let last;

const bar = () => document.querySelector("[data-select-bar]");
const boxes = () => [...document.querySelectorAll(BOX)];
const idOf = (box) => box.closest("[data-row-id]").dataset.rowId;
const boxOf = (row) => row?.querySelector("input[name=id]");

function set(box, isPicked) {
  if (isPicked && picked.size >= IDS_MAX && !picked.has(idOf(box))) return;
  if (isPicked) picked.add(idOf(box));
  else picked.delete(idOf(box));
}

function range(from, to, isPicked) {
  const all = boxes();
  const [begin, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (begin < 0) return set(to, isPicked);
  for (const box of all.slice(begin, end + 1)) set(box, isPicked);
}

function show() {
  for (const box of boxes()) box.checked = picked.has(idOf(box));
  const page = document.querySelector("[data-select-page]");
  const here = boxes().filter((box) => box.checked).length;
  if (page) {
    page.hidden = false;
    page.checked = here > 0 && here === boxes().length;
    page.indeterminate = here > 0 && !page.checked;
  }
  tab.set(PICKED, picked.size > 0 ? [...picked] : null);
  if (bar()) count(bar());
  document.dispatchEvent(new CustomEvent("tower:selected"));
}

function count(place) {
  place.dataset.selected = picked.size;
  place.querySelector(".picked")?.setAttribute("data-number", picked.size.toLocaleString("en"));
  for (const button of place.querySelectorAll("[data-many]")) {
    const { one, many } = button.dataset;
    button.querySelector("span").textContent = picked.size === 1 ? one : many.replace("{number}", picked.size.toLocaleString("en"));
  }
  const onPage = new Set(boxes().map(idOf));
  const elsewhere = [...picked].filter((id) => !onPage.has(id));
  const known = place.querySelector("[data-select-ids]");
  const ids = known ?? place.appendChild(Object.assign(document.createElement("span"), { hidden: true }));
  ids.dataset.selectIds = elsewhere.length;
  ids.replaceChildren(...elsewhere.map(hidden));
}

function hidden(id) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "id", value: id });
  return input;
}

export function pick() {
  const box = boxOf(current());
  if (!box) return;
  set(box, !picked.has(idOf(box)));
  last = box;
  show();
}

export function pickTo() {
  const box = boxOf(current());
  if (!box) return;
  range(last ?? box, box, true);
  last = box;
  show();
}

export function clear() {
  if (picked.size === 0) return leave();
  picked.clear();
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest(BOX);
  if (box) {
    if (event.shiftKey && last) range(last, box, box.checked);
    else set(box, box.checked);
    last = box;
    show();
  } else if (event.target.closest("[data-select-page]")) {
    for (const one of boxes()) set(one, event.target.checked);
    show();
  } else if (event.target.closest("[data-select-none]")) clear();
});

// What was sent is not picked any more.
document.addEventListener("submit", ({ target }) => {
  if (bar() && target === bar().closest("form")) setTimeout(() => tab.set(PICKED, null));
});
document.addEventListener("tower:refreshed", show);
if (picked.size > 0) show();
