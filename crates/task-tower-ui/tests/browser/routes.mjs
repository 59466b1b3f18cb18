// Every page there is. Whoever adds a page adds a line here, and all that holds for every page is tested for it.
//
// `path` is below the dashboard, or a function of the desk that finds one. `needs` names what an empty database
// does not have; `charts` allows for the weight of charts, `elements` for more of them than usual; `picture` makes
// a screenshot.

export const STATES = ["scheduled", "enqueued", "processing", "completed", "failed", "dead", "cancelled"];

export const routes = [
  { name: "overview", path: "overview", charts: true, picture: true },
  { name: "kinds", path: "kinds", picture: true },
  { name: "kinds-sorted", path: "kinds?q=report&sort=dead&window=7d" },
  { name: "kind", path: (desk) => desk.busyKind(), needs: "jobs", charts: true, elements: 1_600, picture: true },
  { name: "kind-enqueue", path: async (desk) => `${await desk.busyKind()}/enqueue`, needs: "jobs", readOnlyStatus: 403 },
  { name: "errors", path: "errors", elements: 1_600, picture: true },
  { name: "overview-week", path: "overview?window=7d", charts: true },
  { name: "jobs", path: "jobs", picture: true },
  ...STATES.map((state) => ({ name: `jobs-${state}`, path: `jobs?q=state:${state}` })),
  { name: "jobs-none", path: "jobs?q=queue:none+kind:k+tag:t" },
  ...["failed", "dead", "processing", "completed"].map((state) => ({
    name: `job-${state}`, path: (desk) => desk.jobIn(state), needs: "jobs", picture: state === "failed",
  })),
  { name: "queues", path: "queues", elements: 2_600, picture: true },
  { name: "queue", path: (desk) => desk.queue(), needs: "jobs", charts: true, elements: 1_200, picture: true },
  { name: "batches", path: "batches", picture: true },
  { name: "batch", path: (desk) => desk.batch(), needs: "jobs", picture: true },
  { name: "jobs-awaiting", path: "jobs?q=state:awaiting" },
  { name: "recurring", path: "recurring", picture: true },
  { name: "recurring-job", path: "recurring/nightly-invoice", needs: "recurring", picture: true },
  { name: "recurring-new", path: "recurring-new", readOnlyStatus: 403 },
  { name: "workers", path: "workers", picture: true },
  { name: "worker", path: (desk) => desk.busyWorker(), needs: "workers", picture: true },
  { name: "operations", path: "operations", picture: true },
  { name: "operation-new", path: "operations/new?action=cancel&q=state:scheduled", picture: true, readOnlyStatus: 403 },
  { name: "audit", path: "audit", picture: true },
  { name: "doctor", path: "doctor", picture: true },
  { name: "settings", path: "settings", picture: true },
  { name: "keys", path: "keys" },
  { name: "components", path: "components", charts: true, elements: 2_500 },
  { name: "nowhere", path: "no/such/page", status: 404 },
];

export async function address(route, desk) {
  return desk.at(typeof route.path === "string" ? route.path : await route.path(desk));
}
