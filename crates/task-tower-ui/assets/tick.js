// Durations of what still runs: each goes on by itself from what the server said of it, and says what the server would. The
// words are in attributes of the element, or of one around it. Readers of the screen are told nothing of it.

import { held } from "./hold.js";

const TICK_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

// What the server said, and when that was first seen.
const known = new WeakMap();

function passed(element) {
  const told = element.dataset.running;
  if (known.get(element)?.told !== told) known.set(element, { told, at: performance.now() });
  return Number(told) + performance.now() - known.get(element).at;
}

function say(milliseconds, words) {
  const fill = (word, numbers) => word.replace(/\{(\w+)\}/g, (_, name) => numbers[name]);
  const two = (number) => String(Math.floor(number)).padStart(2, "0");
  const [days, hours] = [Math.floor(milliseconds / DAY_MS), Math.floor(milliseconds / HOUR_MS)];
  if (milliseconds < MINUTE_MS) return fill(words.secondsWord, { seconds: (milliseconds / 1_000).toFixed(1) });
  if (milliseconds < HOUR_MS) {
    return fill(words.minutesWord, { minutes: Math.floor(milliseconds / MINUTE_MS), seconds: two((milliseconds / 1_000) % 60) });
  }
  if (milliseconds < DAY_MS) return fill(words.hoursWord, { hours, minutes: two((milliseconds / MINUTE_MS) % 60) });
  return fill(words.daysWord, { days, hours: hours % 24 });
}

const motion = matchMedia("(prefers-reduced-motion: reduce)");

// Who stopped the page, is at something in it or wants no motion wants it to stand still.
function isStill() {
  const isUnwanted = motion.matches || document.documentElement.dataset.motion === "reduced";
  return isUnwanted || document.hidden || document.querySelector(".live-badge.paused") !== null || held() !== undefined;
}

function tick() {
  for (const element of document.querySelectorAll("[data-running]")) {
    const time = passed(element);
    const text = say(time, element.closest("[data-seconds-word]").dataset);
    if (!isStill() && time >= TICK_MS && element.textContent !== text) element.textContent = text;
  }
}

tick();
setInterval(tick, TICK_MS);
