// Changes one setting by a key, as the form on the page of settings does.

import { ROOT } from "./store.js";

export async function cycle(name, values) {
  const { [name]: chosen = values[0] } = document.documentElement.dataset;
  const next = values[(values.indexOf(chosen) + 1) % values.length];
  const answer = await fetch(new URL("settings", ROOT), { method: "POST", body: new URLSearchParams({ [name]: next }) });
  // The page keeps its place, and every time on it is told in the new style.
  if (answer.ok) location.reload();
}
