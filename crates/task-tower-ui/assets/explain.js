// Explains what is being written in the boxes `data-explained`, whose value is where to ask. The button of the form does the
// same without a script.

const PAUSE = 250;

let waiting;
let latest = 0;

async function explain(box) {
  const number = ++latest;
  const { expression, zone } = box.form.elements;
  const asked = new URLSearchParams({ expression: expression.value, zone: zone.value });
  const answer = await fetch(`${box.dataset.explained}?${asked}`).catch(() => null);
  if (!answer?.ok || number !== latest) return;
  const told = new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes;
  if (number === latest) document.getElementById("explained").replaceChildren(...told);
}

document.addEventListener("input", ({ target }) => {
  if (!target.dataset.explained) return;
  clearTimeout(waiting);
  waiting = setTimeout(explain, PAUSE, target);
});
