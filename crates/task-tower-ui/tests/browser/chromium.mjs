// One browser for all tests, and pages that keep a list of what must not happen on any of them.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const ARGUMENTS = [
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

function find() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const places = process.env.PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = places.find(isExecutable);
  if (!found) throw new Error("there is no Chromium: install it, or name it by CHROMIUM");
  return found;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let browser;

function launch() {
  // Chromium's sandbox refuses root.
  const args = process.getuid() === 0 ? [...ARGUMENTS, "--no-sandbox"] : ARGUMENTS;
  return chromium.launch({ executablePath: find(), args });
}

export async function stop() {
  await (await browser)?.close();
}

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

// A page of its own context: `{ theme, viewport, javaScriptEnabled }`. What goes wrong on it is in `page.problems`.
export async function newPage({ theme = "light", viewport = WIDE, ...options } = {}) {
  browser ??= launch();
  const context = await (await browser).newContext({
    viewport, colorScheme: theme, reducedMotion: "reduce", locale: "en-US", timezoneId: "UTC", ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.problems = [];
  watch(page, options);
  return page;
}

function watch(page, { javaScriptEnabled = true }) {
  const blame = (what) => page.problems.push(`${page.url()}: ${what}`);
  page.on("console", (message) => {
    if (message.type() === "error" && !isExpected(page, message)) blame(`the console says: ${message.text()}`);
  });
  page.on("pageerror", (error) => blame(`uncaught: ${error.message}`));
  page.on("dialog", (dialog) => {
    blame(`opened a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("request", (request) => {
    if (isForeign(page, request)) blame(`asked another origin: ${request.url()}`);
  });
  if (javaScriptEnabled) page.addInitScript(watchPolicy);
}

// The page for an unknown address is itself answered by 404, which the console notes as an error.
function isExpected(page, message) {
  return page.expected && message.text().includes(`status of ${page.expected}`) && message.location().url === page.url();
}

function isForeign(page, request) {
  const { origin, protocol } = new URL(request.url());
  return protocol !== "data:" && page.origin !== undefined && origin !== page.origin;
}

// Said aloud as an error of the console, which is watched.
function watchPolicy() {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy violation: ${event.violatedDirective} by ${event.blockedURI || "inline"} ${event.sample}`);
  });
}

// Goes to a page of the dashboard that answers with that status.
export async function visit(page, url, status = 200) {
  page.origin = new URL(url).origin;
  page.expected = status === 200 ? undefined : status;
  const response = await page.goto(url, { waitUntil: "load" });
  if (response.status() !== status) throw new Error(`${url} answered ${response.status()} instead of ${status}`);
  return response;
}
