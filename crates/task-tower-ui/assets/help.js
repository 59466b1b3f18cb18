// Shows the page of keys over the page that is there.

import { ROOT } from "./store.js";

const dialog = document.querySelector("[data-help-dialog]");

export async function openHelp() {
  if (!dialog || dialog.open) return;
  const place = dialog.querySelector("[data-help-body]");
  if (!place.hasChildNodes()) place.append(await table());
  dialog.showModal();
}

async function table() {
  const answer = await fetch(new URL("keys", ROOT));
  if (!answer.ok) throw new Error(`the keys answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.adoptNode(page.querySelector("[data-keys-table]"));
}

for (const button of dialog?.querySelectorAll("[data-close]") ?? []) button.addEventListener("click", () => dialog.close());
