// Walks through the rows of a list by keys, and from job to job in the order of the list one came from.

import { list, rowsOf } from "./regions.js";

const linkOf = (row) => row?.querySelector("[data-open]") ?? row?.querySelector("a[href]");

export const current = () => list()?.querySelector("[data-current]");

// Answers whether there is a list at all.
export function move(step) {
  const rows = rowsOf(list());
  if (rows.length === 0) return false;
  const place = rows.indexOf(current());
  const next = rows[place < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(place + step, 0), rows.length - 1)];
  mark(next);
  linkOf(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function mark(row) {
  current()?.removeAttribute("data-current");
  row?.setAttribute("data-current", "");
}

export function leave() {
  if (!current()) return;
  linkOf(current()).blur();
  mark();
}

export function open() {
  linkOf(current())?.click();
}

// The next job, or the one before, of the list that was left for this one.
export function goOn(step) {
  document.querySelector(`.neighbors [rel=${step > 0 ? "next" : "prev"}]`)?.click();
}

// A click anywhere in a row opens it, where nothing else is to be clicked and nobody marks text.
function opened({ target, ctrlKey, metaKey }) {
  const row = target.closest("[data-row-id]");
  if (!row || target.closest("a, button, input, label, summary, .pick") || String(getSelection())) return;
  if (ctrlKey || metaKey) window.open(linkOf(row).href);
  else linkOf(row)?.click();
}

document.documentElement.dataset.opens = "";
document.addEventListener("click", opened);

document.addEventListener("focusin", ({ target }) => {
  const row = target.closest("[data-row-id]");
  if (row) mark(row);
});
