// A notice that can be taken back for a while: `[data-toast]` with `data-seconds`, and a place for the rest of them,
// `[data-countdown]` with its words. It waits while somebody points at it, and stays without this script.

const SECOND_MS = 1_000;

function count(toast) {
  const place = toast.querySelector("[data-countdown]");
  let left = Number(toast.dataset.seconds);
  const timer = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    left -= 1;
    if (left > 0) place.textContent = place.dataset.countdown.replace("{number}", left);
    else end();
  }, SECOND_MS);
  function end() {
    clearInterval(timer);
    toast.remove();
  }
}

for (const toast of document.querySelectorAll("[data-toast][data-seconds]")) count(toast);
