// A part of a timeline is picked with the pointer, and then shown by itself. The links below it do the same.

const SVG = "http://www.w3.org/2000/svg";
const LEAST_PX = 8;

// Where the pointer went down, as a share of the width.
let begun;

const areaOf = (target) => target?.closest?.("[data-brush]")?.querySelector(".area");

function shareAt(area, x) {
  const { left, width } = area.getBoundingClientRect();
  return Math.min(Math.max((x - left) / width, 0), 1);
}

function markOn(area) {
  const known = area.querySelector(".brush");
  if (known) return known;
  const mark = document.createElementNS(SVG, "rect");
  mark.setAttribute("class", "brush");
  mark.setAttribute("y", "0");
  mark.setAttribute("height", "100%");
  area.append(mark);
  return mark;
}

function clear() {
  begun = undefined;
  document.querySelector(".brush")?.remove();
}

// A finger scrolls.
function down({ target, button, pointerType, clientX }) {
  const area = areaOf(target);
  if (!area || button !== 0 || pointerType === "touch" || target.closest("a, .twin") || !area.contains(target)) return;
  begun = shareAt(area, clientX);
}

function move({ clientX }) {
  const area = begun !== undefined && document.querySelector("[data-brush] .area");
  if (!area) return;
  const share = shareAt(area, clientX);
  const mark = markOn(area);
  mark.setAttribute("x", `${Math.min(begun, share) * 100}%`);
  mark.setAttribute("width", `${Math.abs(share - begun) * 100}%`);
}

function up({ clientX }) {
  const chart = begun !== undefined && document.querySelector("[data-brush]");
  if (chart) pick(chart, begun, shareAt(chart.querySelector(".area"), clientX));
  clear();
}

function pick(chart, one, other) {
  const width = chart.querySelector(".area").getBoundingClientRect().width;
  if (Math.abs(other - one) * width < LEAST_PX) return;
  const [begin, end] = chart.dataset.brush.split("-").map(Number);
  const times = [one, other].sort((a, b) => a - b).map((share) => Math.round(begin + share * (end - begin)));
  const url = new URL(location.href);
  url.searchParams.set("zoom", times.join("-"));
  url.hash = "timeline";
  location.assign(url);
}

document.addEventListener("pointerdown", down);
document.addEventListener("pointermove", move, { passive: true });
document.addEventListener("pointerup", up);
document.addEventListener("pointercancel", clear);
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") clear(); });
// Else the words of the chart would be selected on the way.
document.addEventListener("selectstart", (event) => { if (begun !== undefined) event.preventDefault(); });
