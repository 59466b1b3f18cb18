// A list of jobs that is kept fresh, as tests watch it.

export const enqueue = (opened, kind) => opened.sql(`SELECT task_tower.enqueue('${kind}', queue => 'mail')`);

export const badge = (page, word) => page.locator(`.live-badge:has-text("${word}")`);

export const pill = (page) => page.locator("[data-newcomers]");

// Counts requests for the page, and how many were under way at once.
export function watchRequests(page, path) {
  const counts = { most: 0, total: 0 };
  const open = new Set();
  page.on("request", (request) => {
    if (request.isNavigationRequest() || !new URL(request.url()).pathname.endsWith(path)) return;
    open.add(request);
    counts.total += 1;
    counts.most = Math.max(counts.most, open.size);
  });
  for (const name of ["requestfinished", "requestfailed"]) page.on(name, (request) => open.delete(request));
  return counts;
}
