// Tells what was done a moment ago above the page, for as many seconds as `data-toast` says: `[data-countdown]` has the
// words for the rest of them, `[data-command=undo]` takes it back. It waits while somebody points at it. Without this script
// it is a notice in the page, and stays. Other scripts tell what they did in the same place.

const SECOND_MS = 1_000;
const TOLD_SECONDS = 4;
// Readers of the screen tell what comes into a place that they know already.
const KNOWN_MS = 200;

const region = place();

function place() {
  const region = document.createElement("div");
  region.className = "toasts";
  region.setAttribute("role", "status");
  document.body.append(region);
  return region;
}

function lift(toast) {
  toast.className = "toast";
  toast.removeAttribute("role");
  region.append(toast);
  setTimeout(() => { if (toast.isConnected) region.append(toast); }, KNOWN_MS);
  count(toast);
}

function count(toast) {
  let left = Number(toast.dataset.toast);
  show(toast, left);
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0) return show(toast, left);
    clearInterval(timer);
    toast.remove();
  }, SECOND_MS);
}

function show(toast, left) {
  const rest = toast.querySelector("[data-countdown]");
  if (!rest) return;
  rest.hidden = false;
  rest.textContent = rest.dataset.countdown.replace("{number}", left);
}

// What was done by the page itself; it takes the place of what was told before.
export function tell(words) {
  const toast = document.createElement("p");
  toast.dataset.toast = TOLD_SECONDS;
  toast.dataset.own = "";
  toast.textContent = words;
  region.querySelector("[data-own]")?.remove();
  lift(toast);
}

document.querySelectorAll("[data-toast]").forEach(lift);
