//! The jobs of the shop, and the one handler that plays each of them by its script.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use task_tower::{Job, JobContext, JobError, RetryPolicy, State, TowerBuilder};

use super::ledger::Ledger;
use super::producer::Pace;
use super::script::Script;

/// A job of the shop: its payload, and what will happen to it.
pub(super) trait ShopJob: Job {
    fn script(&self) -> &Script;
}

macro_rules! shop_jobs {
    ($($name:ident $kind:literal in $queue:literal, retries $retries:literal { $($field:ident: $type:ty),* })*) => {
        $(
            #[derive(Clone, Debug, Serialize, Deserialize)]
            pub(super) struct $name {
                $(pub(super) $field: $type,)*
                pub(super) script: Script,
            }

            impl Job for $name {
                const KIND: &'static str = $kind;
                const QUEUE: &'static str = $queue;
                const MAX_RETRIES: u32 = $retries;
            }

            impl ShopJob for $name {
                fn script(&self) -> &Script {
                    &self.script
                }
            }
        )*

        /// Registers the handler for every kind.
        pub(super) fn register(builder: TowerBuilder, pace: Pace) -> TowerBuilder {
            builder
                $(.job_with(perform::<$name>, |kind| kind.retry_policy(policy(pace))))*
        }
    };
}

shop_jobs! {
    ChargeCard "charge_card" in "critical", retries 4 { order_id: u64, amount: String, currency: String }
    RefundPayment "refund_payment" in "critical", retries 3 { order_id: u64, payment: String }
    SendOrderConfirmation "send_order_confirmation" in "default", retries 5 { order_id: u64, locale: String }
    SyncInventory "sync_inventory" in "default", retries 5 { warehouse: String, skus: Vec<String> }
    GenerateInvoice "generate_invoice" in "default", retries 3 { order_id: u64, template: String }
    ResizeImage "resize_image" in "images", retries 2 { key: String, width: u32 }
    ImportSupplierFeed "import_supplier_feed" in "low", retries 2 { supplier: String, full: bool }
    ExportReport "export_report" in "low", retries 2 { report: String, month: String }
    WarmCache "warm_cache" in "low", retries 1 { path: String }
    RemindOfCart "remind_of_cart" in "low", retries 2 { cart_id: String, step: u8 }
}

async fn perform<J: ShopJob + Sync>(job: J, ledger: State<Ledger>, run: JobContext) -> Result<(), JobError> {
    let waited = (chrono::Utc::now() - run.run_at()).to_std().unwrap_or_default();
    ledger.run_began(run.job_id(), waited);
    tokio::select! {
        played = job.script().play(&run) => played,
        () = run.cancelled() => Err(JobError::cancel("asked to stop")),
    }
}

/// Far shorter than the standard one: a demo has no hours.
fn policy(pace: Pace) -> RetryPolicy {
    RetryPolicy::custom(move |retry| {
        let jitter = fastrand::u64(0..=pace.retry_jitter_ms);
        Duration::from_millis(pace.retry_delay_ms * u64::from(retry) + jitter)
    })
}
