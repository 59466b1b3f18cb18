// Single keys as shortcuts. Which key asks for what stands in one table on the server, which is also the
// page of help; what each does stands here. They never act while the reader writes, and can be switched off.

import { bindings } from "./bindings.js";
import { openHelp } from "./help.js";
import { toggle } from "./live.js";
import { openPalette } from "./palette.js";
import { goOn, move, open } from "./rows.js";
import { clear, pick, pickTo } from "./select.js";
import { cycle } from "./settings.js";

const SEQUENCE_MS = 1_500;

// What asks for a reason first is opened, and pressed by the reader.
const press = (selector) => () => {
  const found = [...document.querySelectorAll(selector)];
  const visible = found.find((element) => element.checkVisibility());
  const folded = found.find((element) => element.closest("details"))?.closest("details");
  if (visible) visible.click();
  else if (folded) {
    folded.open = true;
    folded.querySelector("input")?.focus();
  }
};

const commands = {
  filter: () => (document.querySelector("input[data-filter]") ?? document.querySelector(".jump input"))?.focus(),
  help: openHelp,
  palette: openPalette,
  next: () => move(1) || goOn(1),
  previous: () => move(-1) || goOn(-1),
  open,
  pick,
  pick_to: pickTo,
  pick_all: press("[data-select-all]"),
  requeue: press("[data-command=requeue], [data-key=R]"),
  cancel: press("[data-command=cancel], [data-key=C]"),
  discard: press("[data-command=discard], [data-key=D]"),
  undo: press("[data-command=undo]"),
  newer: press("a[rel=prev]"),
  older: press("a[rel=next]"),
  live: toggle,
  times: () => cycle("times", ["both", "exact", "relative"]),
  theme: () => cycle("theme", ["system", "light", "dark"]),
  clear,
};

const table = new Map(bindings.map(({ keys, command, page }) => [keys, page ? () => go(page) : commands[command]]));

function go(page) {
  document.querySelector(`.nav [data-page="${page}"]`)?.click();
}

let begun = "";
let timer;

function isWriting(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

// Modified keys cannot be pressed by mistake while somebody speaks or writes: they stay when the others are off.
function isModified(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function isForUs(event) {
  if (event.defaultPrevented || event.isComposing || isModified(event)) return false;
  if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return false;
  return !isWriting(event.target);
}

function listen(event) {
  if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    commands.palette();
  } else if (isForUs(event)) take(event);
}

function take(event) {
  const keys = begun + event.key;
  const known = table.get(keys) ?? table.get(event.key);
  begin([...table.keys()].some((other) => other.startsWith(`${event.key} `)) ? `${event.key} ` : "");
  if (!known || isNative(event)) return;
  event.preventDefault();
  known();
}

// Enter on a link or a button does by itself what is asked for.
function isNative(event) {
  return event.key === "Enter" && event.target.matches("a, button, summary");
}

function begin(keys) {
  clearTimeout(timer);
  begun = keys;
  if (keys) timer = setTimeout(() => { begun = ""; }, SEQUENCE_MS);
}

document.addEventListener("keydown", listen);
document.querySelector("[data-help]")?.addEventListener("click", (event) => {
  if (isModified(event)) return;
  event.preventDefault();
  openHelp();
});
