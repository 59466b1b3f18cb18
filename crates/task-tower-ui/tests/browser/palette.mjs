// The colors of the states, as the style sheet has them: readable, and told apart by everybody.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EYES, contrast, difference, distance } from "./color.mjs";
import { STATES, browse, open, visit } from "./support.mjs";

const CONTRAST_MIN = 4.5;
const DISTANCE_MIN = 10;

const NAMES = [...STATES, "awaiting"];

test("color distances are those of the reference", () => {
  // Sharma, Wu and Dalal (2005), table 1: pairs 1, 7, 16, 17 and 25.
  const pairs = [
    [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
    [[50, 0, 0], [50, -1, 2], 2.3669],
    [[50, 2.5, 0], [50, 0, -2.5], 4.3065],
    [[50, 2.5, 0], [73, 25, -18], 27.1492],
    [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
  ];

  for (const [one, other, expected] of pairs) {
    assert.ok(Math.abs(difference(one, other) - expected) < 0.0001, `${one} and ${other}: ${difference(one, other)}`);
  }
  assert.ok(Math.abs(contrast("#777777", "#ffffff") - 4.48) < 0.01);
});

for (const theme of ["light", "dark"]) {
  browse(`the states are readable and told apart by every eye in the ${theme} theme`, [{ theme }], async (page) => {
    const desk = await open({ data: "empty" });
    await visit(page, desk.at("jobs"));

    const [ground, ...colors] = await page.evaluate(tokens, NAMES);

    const faint = NAMES.filter((_, index) => contrast(colors[index], ground) < CONTRAST_MIN);
    assert.deepEqual(faint, []);
    assert.deepEqual(alike(colors), []);
  });
}

function alike(colors) {
  const pairs = colors.flatMap((one, first) => colors.slice(first + 1).map((other, rest) => [first, first + 1 + rest, one, other]));
  return pairs.flatMap(([first, second, one, other]) =>
    EYES.map((eye) => [eye, NAMES[first], NAMES[second], distance(one, other, eye)]).filter(([, , , far]) => far < DISTANCE_MIN));
}

// The ground, and the color of each state, as `#rrggbb`: what the browser makes of the tokens in this theme.
function tokens(states) {
  const probe = document.body.appendChild(document.createElement("span"));
  const hexadecimal = (number) => Number(number).toString(16).padStart(2, "0");
  const token = (name) => {
    if (!getComputedStyle(probe).getPropertyValue(name)) throw new Error(`there is no token ${name}`);
    probe.style.color = `var(${name})`;
    return `#${getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).map(hexadecimal).join("")}`;
  };
  return ["--bg", ...states.map((state) => `--${state}`)].map(token);
}
