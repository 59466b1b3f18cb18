// Brings the regions of a page in line with a fresh copy of it, in place: whatever has the focus, is
// open, typed or picked stays so. Of a list, no row moves while somebody points at it.

import { Idiomorph } from "./idiomorph.js";

const CALLBACKS = {
  beforeNodeMorphed: (node) => !isTouched(node),
  // What the reader opened, and where they are, the server does not know.
  beforeAttributeUpdated: (name, node) => !(name === "open" && node.localName === "details") && name !== "data-current",
};

function isTouched(node) {
  switch (node.localName) {
    case "input":
      return /^(checkbox|radio)$/.test(node.type) ? node.checked !== node.defaultChecked : node.value !== node.defaultValue;
    case "textarea": return node.value !== node.defaultValue;
    case "select": return [...node.options].some((option) => option.selected !== option.defaultSelected);
    default: return false;
  }
}

export const regions = () => [...document.querySelectorAll("[data-live]")];

export const list = () => document.querySelector("[data-rows]");

export const rowsOf = (rows) => [...rows?.querySelectorAll(":scope > [data-row-id]") ?? []];

// Answers how many rows wait for the reader to ask for them.
export function apply(fresh, { isAsked = false } = {}) {
  const rows = list();
  const newcomers = isAsked ? 0 : settle(rows, fresh.querySelector("[data-rows]"));
  for (const region of regions()) {
    const replacement = fresh.getElementById(region.id);
    const isEmptied = !isAsked && region.contains(rows) && isWatched(rows) && !fresh.querySelector("[data-rows]");
    if (replacement && !isEmptied && !region.isEqualNode(replacement)) {
      Idiomorph.morph(region, document.adoptNode(replacement), { ignoreActiveValue: true, callbacks: CALLBACKS });
    }
  }
  return newcomers;
}

// How many rows of the fresh page are not shown, and are not only at its end.
export function countNewcomers(fresh) {
  return compare(list(), fresh.querySelector("[data-rows]")).newcomers;
}

function compare(rows, freshRows) {
  if (!rows || !freshRows) return { newcomers: 0 };
  const id = (row) => row.dataset.rowId;
  const shown = new Map(rowsOf(rows).map((row) => [id(row), row]));
  const fresh = new Map(rowsOf(freshRows).map((row) => [id(row), row]));
  const order = [...fresh.keys()];
  const last = order.findLastIndex((key) => shown.has(key));
  const missing = order.filter((key, index) => !shown.has(key) && (index < last || last < 0));
  return { shown, fresh, added: order.slice(last + 1), last, newcomers: missing.length + Number(freshRows.dataset.newer ?? 0) };
}

// Makes the fresh list one that moves nothing: known rows where they are, new ones left out.
function settle(rows, freshRows) {
  const { shown, fresh, added, last, newcomers } = compare(rows, freshRows);
  if (!shown) {
    if (rows && isWatched(rows)) keepGone(rows);
    return 0;
  }
  const watched = isWatched(rows);
  if (last < 0 && !watched) return 0;
  const kept = [...shown].flatMap(([key, row]) => fresh.get(key) ?? (watched ? gone(row) : []));
  freshRows.replaceChildren(...kept, ...(last < 0 ? [] : added.map((key) => fresh.get(key))));
  return newcomers;
}

// Somebody points at the list, or walks through it.
function isWatched(rows) {
  return rows.matches(":hover") || rows.contains(document.activeElement);
}

function gone(row) {
  const copy = row.cloneNode(true);
  copy.dataset.gone = "";
  return copy;
}

function keepGone(rows) {
  for (const row of rowsOf(rows)) row.dataset.gone = "";
}
