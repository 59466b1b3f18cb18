// A line at the pointer over all charts of a page that share their axis, and what they say there: the row of the
// table beside each.

const charts = () => [...document.querySelectorAll("[data-chart]")];

const SVG = "http://www.w3.org/2000/svg";

function lineOf(area) {
  const known = area.querySelector("[data-crosshair]");
  if (known) return known;
  const line = document.createElementNS(SVG, "line");
  line.dataset.crosshair = "";
  line.setAttribute("class", "crosshair");
  line.setAttribute("y1", "0");
  line.setAttribute("y2", "100%");
  area.append(line);
  return line;
}

// The row whose place on the axis is nearest: steps in which nothing happened have none, and the latest is the first.
function rowAt(rows, share) {
  const apart = ({ dataset }) => Math.abs(Number(dataset.place) - share);
  if (rows[0]?.dataset.place === undefined) return rows[Math.min(Math.floor(share * rows.length), rows.length - 1)];
  return rows.reduce((nearest, row) => (apart(row) < apart(nearest) ? row : nearest));
}

function say(chart, share) {
  const row = rowAt([...chart.querySelectorAll(".twin tbody tr")], share);
  if (!row) return;
  const heads = [...chart.querySelectorAll(".twin thead th")].map((head) => head.textContent);
  const cells = [...row.cells].map((cell, place) => (place === 0 ? cell.textContent : `${heads[place]} ${cell.textContent}`));
  tip(chart).textContent = cells.join(" · ");
}

function tip(chart) {
  const known = chart.querySelector("[data-tip]");
  if (known) return known;
  const place = document.createElement("p");
  place.dataset.tip = "";
  place.className = "tip";
  chart.append(place);
  return place;
}

// Where the pointer was last.
let pointer;

function point({ target, clientX, clientY }) {
  pointer = { clientX, clientY };
  const chart = target?.closest?.("[data-chart]");
  const area = chart?.querySelector(".area");
  if (!area) return clear();
  const { left, width } = area.getBoundingClientRect();
  const share = Math.min(Math.max((clientX - left) / width, 0), 1);
  for (const other of charts().filter((one) => one.dataset.chart === chart.dataset.chart)) {
    const line = lineOf(other.querySelector(".area"));
    line.setAttribute("x1", `${share * 100}%`);
    line.setAttribute("x2", `${share * 100}%`);
    say(other, share);
  }
}

function clear() {
  for (const part of document.querySelectorAll("[data-crosshair], [data-tip]")) part.remove();
}

// A fresh copy of the page has neither line nor words.
function again() {
  if (pointer) point({ target: document.elementFromPoint(pointer.clientX, pointer.clientY), ...pointer });
}

document.addEventListener("pointermove", point, { passive: true });
document.addEventListener("tower:refreshed", again);
