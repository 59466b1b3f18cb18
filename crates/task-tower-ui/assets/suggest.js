// Offers what may be meant while a filter is typed. The server knows what there is; without this script the box is
// one to type into.

import { Listbox } from "./listbox.js";
import { ROOT } from "./store.js";

const WAIT_MS = 120;

const input = document.querySelector("input[data-filter]");
const popup = document.querySelector("[data-suggestions]");
const list = popup?.querySelector("[role=listbox]");
const note = popup?.querySelector("[data-sampled]");
const listbox = new Listbox(input, list);

let timer;
let question;
// What the options are for: the text of the box, the place in it, and whether an option is what stands there.
let offered;

const isOpen = () => !popup.hidden;

// The cursor in characters, as the server counts them; none within a word, of which only the beginning is known.
function cursor() {
  const { value, selectionStart: start, selectionEnd: end } = input;
  const isAtEnd = start === end && /^([\s,]|$)/.test(value.slice(end));
  return isAtEnd ? [...value.slice(0, start)].length : undefined;
}

// Nothing is offered unasked before a word has begun.
function isBegun() {
  return /[^\s-]$/.test(input.value.slice(0, input.selectionStart));
}

async function look() {
  const place = cursor();
  drop();
  if (place === undefined) return close();
  const { signal } = question = new AbortController();
  const url = new URL("api/v1/suggest", ROOT);
  const { filter } = input.dataset;
  url.search = new URLSearchParams({ q: input.value, cursor: place, ...(filter && { of: filter }) });
  const answer = await fetch(url, { signal }).then((found) => (found.ok ? found.json() : { items: [] })).catch(() => ({ items: [] }));
  if (!signal.aborted) offer(answer);
}

// Whatever is asked for is for a text that is not there any more.
function drop() {
  clearTimeout(timer);
  question?.abort();
  offered = undefined;
}

function offer({ place, items, sampled }) {
  const there = place && [...input.value].slice(place.start, place.end).join("");
  const others = items.filter(({ text }) => text !== there);
  if (others.length === 0 || document.activeElement !== input) return close();
  offered = { value: input.value, place, isWhole: others.length < items.length };
  list.replaceChildren(...others.map(option));
  note.hidden = sampled === null;
  note.textContent = note.dataset.sampled.replace("{number}", (sampled ?? 0).toLocaleString("en"));
  popup.hidden = false;
  input.setAttribute("aria-expanded", "true");
  listbox.choose();
}

function option({ text, note: words }, number) {
  const element = document.createElement("div");
  element.id = `suggestion-${number}`;
  element.setAttribute("role", "option");
  element.setAttribute("aria-selected", "false");
  element.dataset.text = text;
  element.translate = false;
  element.append(text);
  if (words) element.append(" ", Object.assign(document.createElement("span"), { textContent: words }));
  return element;
}

function close() {
  drop();
  popup.hidden = true;
  input.setAttribute("aria-expanded", "false");
  listbox.choose();
  list.replaceChildren();
}

// A key wants its values next.
function take(chosen) {
  if (offered?.value !== input.value) return;
  const units = (characters) => [...input.value].slice(0, characters).join("").length;
  const { text } = chosen.dataset;
  input.setRangeText(text, units(offered.place.start), units(offered.place.end), "end");
  close();
  if (/[:.]$/.test(text)) look();
}

function step(by) {
  if (isOpen() && offered) listbox.step(by);
  else look();
  return true;
}

function enter() {
  const { chosen } = listbox;
  if (chosen) take(chosen);
  else close();
  return chosen !== null;
}

// What is whole already is left by this key as any other box is.
function complete(event) {
  const chosen = listbox.chosen ?? (offered?.isWhole ? undefined : listbox.options[0]);
  if (event.shiftKey || !offered || !chosen) return false;
  take(chosen);
  return true;
}

function leave() {
  const wasOpen = isOpen();
  close();
  return wasOpen;
}

const acts = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: enter, Tab: complete, Escape: leave };

function press(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(ArrowLeft|ArrowRight|Home|End)$/.test(event.key)) close();
  else if (acts[event.key]?.(event)) event.preventDefault();
}

function begin() {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.addEventListener("keydown", press);
  input.addEventListener("blur", close);
  input.addEventListener("input", () => {
    drop();
    if (isBegun()) timer = setTimeout(look, WAIT_MS);
    else close();
  });
  // The focus stays in the box.
  popup.addEventListener("pointerdown", (event) => event.preventDefault());
  popup.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[role=option]");
    if (chosen) take(chosen);
  });
}

if (input && popup) begin();
