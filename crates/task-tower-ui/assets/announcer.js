// Tells those who do not see the page what happens on it, in the one place `[data-announcer]`: no more than one message
// every few seconds, as each interrupts what is read aloud. Of each subject, only the latest is told.

const PAUSE_MS = 5_000;

const place = document.querySelector("[data-announcer]");
const waiting = new Map();
let timer;

export const words = place?.dataset ?? {};

export function tell(subject, message) {
  if (!place) return;
  if (message) waiting.set(subject, message);
  else waiting.delete(subject);
  // What happens at once is told at once, in one message.
  timer ??= setTimeout(say);
}

function say() {
  const message = [...waiting.values()].join(" ");
  waiting.clear();
  place.textContent = message;
  timer = message ? setTimeout(say, PAUSE_MS) : undefined;
}
