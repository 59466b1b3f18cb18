//! What recurs in the shop, for those who watch: some of it often, some of it at night.

use anyhow::{Context, Result};
use task_tower::{Client, Console, MissedRuns, Overlap, RecurringJob};

use super::script::Script;
use super::shop::{ExportReport, ImportSupplierFeed, SyncInventory, WarmCache};

pub(super) async fn set(client: &Client, ana: &Console) -> Result<()> {
    for recurring in [warm_cache(), sync_inventory(), import_feed(), close_month()] {
        client.set_recurring(recurring).await.context("could not add what recurs")?;
    }
    let paused = ana.pause_recurring("import-supplier-feed", None, Some("the supplier's feed is broken")).await;
    paused.context("could not pause what recurs")
}

fn warm_cache() -> RecurringJob {
    let job = WarmCache { path: "/bestsellers".to_owned(), script: Script::takes(600) };
    RecurringJob::new("warm-bestsellers", "*/10 * * * * *", job).to_queue("default").missed(MissedRuns::Skip)
}

fn sync_inventory() -> RecurringJob {
    let job = SyncInventory { warehouse: "berlin".to_owned(), skus: Vec::new(), script: Script::takes(2_500) };
    RecurringJob::new("sync-berlin", "every 30 seconds", job).overlap(Overlap::Skip)
}

fn import_feed() -> RecurringJob {
    let job = ImportSupplierFeed { supplier: "acme".to_owned(), full: true, script: Script::takes(4_000) };
    RecurringJob::new("import-supplier-feed", "30 2 * * *", job).zone("Europe/Berlin")
}

fn close_month() -> RecurringJob {
    let job = ExportReport { report: "month".to_owned(), month: "last".to_owned(), script: Script::takes(1_500) };
    RecurringJob::new("close-month", "0 3 1 * *", job).zone("Europe/Berlin").missed(MissedRuns::All(3))
}
