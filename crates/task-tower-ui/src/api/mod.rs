//! The dashboard for programs: the same questions and changes as the pages, in JSON, under `/api/v1`.
//!
//! Every address stands in one table, [`table`]; `openapi.json` describes it, and tests hold them to each other.

mod answer;
mod ask;
mod audit;
mod batches;
mod call;
mod capabilities;
mod changes;
mod counts;
mod deploys;
mod doctor;
mod document;
mod enqueue;
mod errors;
mod events;
mod health;
mod heatmap;
mod job;
mod jobs;
mod kinds;
mod logs;
mod operations;
mod overview;
mod plan;
mod queues;
mod recurring;
mod relations;
mod route;
mod seen;
mod series;
mod span;
mod steps;
mod suggest;
#[cfg(test)]
mod tests;
mod troubles;
mod views;
mod workers;

use axum::Router;

use crate::access::Permission;
use crate::desk::Desk;
use route::Route;

/// Where the API stands in the dashboard.
const ROOT: &str = "/api/v1";

pub(crate) fn routes() -> Router<Desk> {
    table()
        .into_iter()
        .fold(Router::new(), |router, route| router.route(&format!("{ROOT}{}", route.path), route.handler))
}

fn table() -> Vec<Route> {
    vec![
        Route::get("/openapi.json", document::document),
        Route::get("/healthz", health::health),
        Route::get("/capabilities", capabilities::capabilities),
        Route::get("/overview", overview::overview),
        Route::get("/series", series::series),
        Route::get("/heatmap", heatmap::heatmap),
        Route::get("/deploys", deploys::deploys),
        Route::get("/jobs", jobs::list),
        Route::post("/jobs", Permission::Enqueue, enqueue::enqueue),
        Route::get("/jobs/{id}", jobs::show),
        Route::get("/jobs/{id}/logs", logs::list),
        Route::get("/jobs/{id}/relations", relations::show),
        Route::patch("/jobs/{id}", Permission::Edit, changes::edit),
        Route::delete("/jobs/{id}", Permission::Delete, changes::delete),
        Route::post("/jobs/{id}/requeue", Permission::Requeue, changes::requeue),
        Route::post("/jobs/{id}/run-now", Permission::RunNow, changes::run_now),
        Route::post("/jobs/{id}/cancel", Permission::Cancel, changes::cancel),
        Route::post("/jobs/{id}/discard", Permission::Discard, changes::discard),
        Route::get("/counts", counts::counts),
        Route::get("/suggest", suggest::suggest),
        Route::get("/views", views::list),
        Route::post("/views", Permission::SaveViews, views::save),
        Route::post("/views/{id}/rename", Permission::SaveViews, views::rename),
        Route::delete("/views/{id}", Permission::SaveViews, views::delete),
        Route::get("/queues", queues::list),
        Route::post("/queues", Permission::PauseQueues, queues::change),
        Route::get("/queues/{queue}", queues::show),
        Route::patch("/queues/{queue}", Permission::PauseQueues, queues::edit),
        Route::post("/queues/{queue}/pause", Permission::PauseQueues, queues::pause),
        Route::post("/queues/{queue}/resume", Permission::PauseQueues, queues::resume),
        Route::get("/kinds", kinds::list),
        Route::get("/kinds/{kind}", kinds::show),
        Route::get("/errors", errors::list),
        Route::get("/errors/{fingerprint}", errors::show),
        Route::post("/errors/{fingerprint}/resolve", Permission::ResolveErrors, errors::resolve),
        Route::post("/errors/{fingerprint}/mute", Permission::ResolveErrors, errors::mute),
        Route::post("/errors/{fingerprint}/unresolve", Permission::ResolveErrors, errors::unresolve),
        Route::get("/batches", batches::list),
        Route::get("/batches/{id}", batches::show),
        Route::get("/batches/{id}/steps", steps::steps),
        Route::get("/recurring", recurring::list),
        Route::post("/recurring", Permission::ManageRecurring, recurring::add),
        Route::get("/recurring/{recurring}", recurring::show),
        Route::patch("/recurring/{recurring}", Permission::ManageRecurring, recurring::edit),
        Route::delete("/recurring/{recurring}", Permission::ManageRecurring, recurring::remove),
        Route::post("/recurring/{recurring}/run", Permission::ManageRecurring, recurring::run),
        Route::post("/recurring/{recurring}/pause", Permission::ManageRecurring, recurring::pause),
        Route::post("/recurring/{recurring}/resume", Permission::ManageRecurring, recurring::resume),
        Route::post("/recurring/{recurring}/skip", Permission::ManageRecurring, recurring::skip),
        Route::post("/recurring/{recurring}/unskip", Permission::ManageRecurring, recurring::unskip),
        Route::get("/recurrence", recurring::explain),
        Route::get("/workers", workers::list),
        Route::get("/workers/{id}", workers::show),
        Route::delete("/workers/{id}", Permission::ManageWorkers, workers::remove),
        Route::post("/workers/{id}/quiet", Permission::ManageWorkers, workers::quiet),
        Route::post("/workers/{id}/resume", Permission::ManageWorkers, workers::resume),
        Route::post("/workers/{id}/stop", Permission::ManageWorkers, workers::stop),
        Route::get("/operations", operations::list),
        Route::post("/operations", Permission::Operations, operations::start),
        Route::post("/operations/preview", Permission::Operations, operations::preview),
        Route::get("/operations/{id}", operations::show),
        Route::post("/operations/{id}/cancel", Permission::Operations, operations::cancel),
        Route::post("/operations/{id}/undo", Permission::Operations, operations::undo),
        Route::get("/audit", audit::audit),
        Route::post("/audit/{id}/undo", Permission::PauseQueues, queues::undo),
        Route::get("/doctor", doctor::doctor),
        Route::get("/events", events::events),
    ]
}
