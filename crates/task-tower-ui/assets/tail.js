// Shows the end of a log, and follows it while lines come, until the reader scrolls up to read; back at the end, it
// follows again.

const NEAR_PX = 24;

let isFollowing = true;

function log() {
  return document.querySelector("[data-tail]");
}

function toEnd() {
  const box = log();
  if (box && isFollowing) box.scrollTop = box.scrollHeight;
}

function isAtEnd(box) {
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
}

// What scrolls inside of a page does not bubble.
document.addEventListener("scroll", ({ target }) => { if (target === log()) isFollowing = isAtEnd(target); }, true);
document.addEventListener("tower:refreshed", toEnd);
toEnd();
