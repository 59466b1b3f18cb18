// What is lost beyond the edge of a page, run in it.

export function beyond() {
  const width = document.documentElement.clientWidth;
  const scroller = document.scrollingElement;
  const controls = [...document.querySelectorAll("a, button, input, select, textarea, summary, h1, h2")];
  const scrolls = (element) => element && (["auto", "scroll"].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const isLost = (element) => {
    const box = element.getBoundingClientRect();
    const isShown = element.checkVisibility() && box.width > 1;
    return isShown && (box.right > width + 1 || box.left < -1) && !element.classList.contains("skip") && !scrolls(element);
  };
  const lost = controls.filter(isLost).map((element) => element.outerHTML.slice(0, 160));
  return scroller.scrollWidth > width ? [`the page is ${scroller.scrollWidth} wide`, ...lost] : lost;
}
