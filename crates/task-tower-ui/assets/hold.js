// Whether somebody is at something that must not change under their hands.

let isPressed = false;

// `undefined`, or why: `{ selected: 3 }` for rows, `{}` for the rest.
export function held() {
  const selected = Number(document.querySelector("[data-select-bar]")?.dataset.selected ?? 0);
  if (selected > 0) return { selected };
  return isPressed || isOpen() || isTextSelected() ? {} : undefined;
}

function isOpen() {
  return document.querySelector("details.menu[open], dialog[open], :popover-open") !== null;
}

function isTextSelected() {
  const selection = document.getSelection();
  if (selection.isCollapsed) return false;
  return [...document.querySelectorAll("[data-live]")].some((region) => selection.containsNode(region, true));
}

// Calls back when that may have changed.
export function watchHolds(changed) {
  for (const name of ["selectionchange", "tower:selected"]) document.addEventListener(name, changed);
  for (const name of ["toggle", "close"]) document.addEventListener(name, changed, true);
  document.addEventListener("pointerdown", () => { isPressed = true; });
  // What is swapped between press and release would swallow the click.
  const released = () => setTimeout(() => {
    isPressed = false;
    changed();
  });
  for (const name of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(name, released);
}
