// Jumps to a page, a job, a kind or a queue by what is typed. The server finds them; without this script the
// box in the top bar is a plain form that searches the list of jobs.

import { Listbox } from "./listbox.js";
import { ROOT } from "./store.js";

const WAIT_MS = 120;

const dialog = document.querySelector("[data-palette]");
const input = dialog?.querySelector("input");
const results = dialog?.querySelector("[role=listbox]");
const none = dialog?.querySelector("[data-none]");
const listbox = new Listbox(input, results);

let timer;
let question;
let finding;

export function openPalette() {
  if (!dialog || dialog.open) return;
  input.value = "";
  dialog.showModal();
  look();
}

function look() {
  clearTimeout(timer);
  timer = undefined;
  finding = find();
}

async function find() {
  question?.abort();
  const { signal } = question = new AbortController();
  const url = new URL("palette.json", ROOT);
  url.searchParams.set("q", input.value.trim());
  const answer = await fetch(url, { signal }).catch(() => undefined);
  if (answer?.ok && !signal.aborted) show(await answer.json());
}

function show(groups) {
  results.replaceChildren(...groups.map(({ word, items }, number) => group(word, items, number)));
  none.hidden = groups.length > 0;
  results.hidden = groups.length === 0;
  listbox.choose(listbox.options[0]);
}

function group(word, items, number) {
  const element = document.createElement("div");
  const name = document.createElement("div");
  element.setAttribute("role", "group");
  element.setAttribute("aria-labelledby", name.id = `palette-${number}`);
  name.setAttribute("role", "presentation");
  name.textContent = word;
  element.append(name, ...items.map((item, place) => option(item, `palette-${number}-${place}`)));
  return element;
}

function option({ href, title, note }, id) {
  const link = document.createElement("a");
  const small = document.createElement("span");
  link.id = id;
  link.href = new URL(href, ROOT);
  link.tabIndex = -1;
  link.setAttribute("role", "option");
  small.textContent = note;
  link.append(title, small);
  return link;
}

// Whoever is quick means what they typed, not what was found before.
async function enter() {
  if (timer) look();
  await finding;
  listbox.chosen?.click();
}

function press(event) {
  const acts = { ArrowDown: () => listbox.step(1), ArrowUp: () => listbox.step(-1), Enter: enter, Escape: () => dialog.close() };
  const act = event.isComposing ? undefined : acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (dialog) {
  input.addEventListener("keydown", press);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  // A click beside it.
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
}
