//! The customers of the shop: what they do, and which jobs follow from it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use task_tower::{Client, Console, Job, JobId, Request};

use super::ledger::Ledger;
use super::script::{Mishap, Script};
use super::shop::{
    ChargeCard, ExportReport, GenerateInvoice, ImportSupplierFeed, RefundPayment, RemindOfCart, ResizeImage,
    SendOrderConfirmation, ShopJob, SyncInventory, WarmCache,
};

/// How fast time passes in the shop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Between two customers.
    pub(super) interval: Duration,
    pub(super) retry_delay_ms: u64,
    pub(super) retry_jitter_ms: u64,
    /// From an order to its invoice.
    invoice_after: Duration,
    /// From a cart that is left to the reminder.
    remind_after: Duration,
}

impl Pace {
    /// Slow enough that a person can follow.
    pub(super) const FOR_WATCHING: Self = Self {
        interval: Duration::from_millis(450),
        retry_delay_ms: 6_000,
        retry_jitter_ms: 8_000,
        invoice_after: Duration::from_secs(20),
        remind_after: Duration::from_secs(600),
    };

    /// Everything happens within seconds.
    pub(super) const ONCE: Self = Self {
        interval: Duration::from_millis(50),
        retry_delay_ms: 200,
        retry_jitter_ms: 200,
        invoice_after: Duration::from_millis(1_500),
        remind_after: Duration::from_secs(2),
    };
}

const FIRST_ORDER: u64 = 884_200;

/// A reminder that waits this long is cancelled before its time.
const CANCELLED_LONG_BEFORE: Duration = Duration::from_secs(3_600);

pub(super) struct Producer {
    client: Client,
    console: Console,
    ledger: Ledger,
    pace: Pace,
}

impl Producer {
    pub(super) fn new(client: Client, console: Console, ledger: Ledger, pace: Pace) -> Self {
        Self { client, console, ledger, pace }
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.ledger.clone()
    }

    /// Serves customers until it is cut off.
    pub(super) async fn run(&self) -> Result<()> {
        self.run_while(|| true).await
    }

    /// Serves customers for this long, the last one to the end.
    pub(super) async fn run_for(&self, time: Duration) -> Result<()> {
        let began = Instant::now();
        self.run_while(|| began.elapsed() < time).await
    }

    async fn run_while(&self, is_open: impl Fn() -> bool) -> Result<()> {
        let mut customers = tokio::time::interval(self.pace.interval);
        for order in (FIRST_ORDER..).take_while(|_| is_open()) {
            customers.tick().await;
            self.serve(order).await.context("could not enqueue")?;
        }
        Ok(())
    }

    /// One customer. What happens how often is fixed, so that even a short run sees everything.
    async fn serve(&self, order: u64) -> task_tower::Result<()> {
        self.order(order).await?;
        if order.is_multiple_of(4) {
            self.upload_photos(order).await?;
        }
        if order.is_multiple_of(6) {
            self.keep_house(order).await?;
        }
        if order.is_multiple_of(9) {
            self.leave_a_cart(order).await?;
        }
        if order.is_multiple_of(12) {
            self.renew_collection(order).await?;
        }
        if order.is_multiple_of(23) {
            self.report(order).await?;
        }
        Ok(())
    }

    async fn order(&self, order: u64) -> task_tower::Result<()> {
        let tags = [format!("order:{order}"), ["web", "app"][(order % 2) as usize].to_owned()];
        let amount = format!("{}.{:02}", fastrand::u32(9..400), fastrand::u32(0..100));
        let charge = ChargeCard { order_id: order, amount, currency: "EUR".to_owned(), script: charge(order) };
        self.put(charge, |request| request.tags(tags.clone()).priority(5)).await?;
        let locale = ["de", "en", "fr"][(order % 3) as usize].to_owned();
        let mail = SendOrderConfirmation { order_id: order, locale, script: mail(order) };
        self.put(mail, |request| request.tags(tags.clone())).await?;
        let invoice = GenerateInvoice { order_id: order, template: "2026-a".to_owned(), script: takes(60, 240) };
        self.put(invoice, |request| request.tags(tags.clone()).after(self.pace.invoice_after)).await?;
        if order.is_multiple_of(11) {
            let refund = RefundPayment { order_id: order, payment: format!("pay_{order:x}"), script: refund(order) };
            self.put(refund, |request| request.tags(tags)).await?;
        }
        Ok(())
    }

    async fn upload_photos(&self, order: u64) -> task_tower::Result<()> {
        for width in [320, 1_280] {
            let key = format!("products/{}/photo-{width}.jpg", order % 977);
            self.put(ResizeImage { key, width, script: resize(order, width) }, |request| request).await?;
        }
        Ok(())
    }

    /// All pictures of a collection are a batch, and its stock is told when the first of them are there; when all is over, the page
    /// that shows them is warmed. One picture is broken.
    async fn renew_collection(&self, order: u64) -> task_tower::Result<()> {
        let collection = order / 12 % 40;
        let warm = WarmCache { path: format!("/collection/{collection}"), script: takes(5, 60) };
        let batch = self.client.open_batch(format!("pictures of collection {collection}")).on_finished(warm).await?;
        let mut pictures = Vec::new();
        for number in 0..12 {
            let key = format!("collections/{collection}/photo-{number}.jpg");
            let script = match number {
                7 => takes(50, 150).fails(3, "decode image: unexpected end of file"),
                _ => takes(200, 900),
            };
            let expected = script.expectation(ResizeImage::MAX_RETRIES);
            let id = batch.add(ResizeImage { key, width: 640, script }).await?;
            self.ledger.enqueued(id, ResizeImage::KIND, expected);
            pictures.push(id);
        }
        let skus = (0..3).map(|number| format!("SKU-{collection}-{number}")).collect();
        let sync = SyncInventory { warehouse: "LEJ1".to_owned(), skus, script: takes(40, 300) };
        let expected = sync.script.expectation(SyncInventory::MAX_RETRIES);
        let id = batch.add(sync).following(pictures.into_iter().take(6)).await?;
        self.ledger.enqueued(id, SyncInventory::KIND, expected);
        batch.close().await
    }

    async fn keep_house(&self, order: u64) -> task_tower::Result<()> {
        let skus = (0..3).map(|number| format!("SKU-{}", (order + number) % 5_000)).collect();
        let sync = SyncInventory { warehouse: "LEJ1".to_owned(), skus, script: takes(40, 300) };
        self.put(sync, |request| request.tags(["inventory"])).await?;
        let warm = WarmCache { path: format!("/category/{}", order % 40), script: takes(5, 60) };
        self.put(warm, |request| request.priority(-5)).await?;
        let supplier = ["alpenholz", "nordlicht"][(order % 2) as usize].to_owned();
        let import = ImportSupplierFeed { supplier, full: order.is_multiple_of(4), script: import(order) };
        self.put(import, |request| request).await
    }

    /// Of three carts, one is bought before the reminder is due, which is then cancelled.
    async fn leave_a_cart(&self, order: u64) -> task_tower::Result<()> {
        let bought = order.is_multiple_of(3 * 9);
        let delay = if bought { CANCELLED_LONG_BEFORE } else { self.pace.remind_after };
        let remind = RemindOfCart { cart_id: format!("cart_{order:x}"), step: 1, script: takes(30, 120) };
        let id = self.put_for_id(remind, |request| request.tags(["cart"]).after(delay)).await?;
        if bought {
            self.console.cancel(id, Some("the cart was bought")).await?;
            self.ledger.cancelled(id);
        }
        Ok(())
    }

    /// The disk of the reports is full: this one never succeeds.
    async fn report(&self, order: u64) -> task_tower::Result<()> {
        let script = takes(100, 300).fails(3, "write /var/reports/2026-10.csv: no space left on device (os error 28)");
        let month = format!("2026-{:02}", order % 12 + 1);
        self.put(ExportReport { report: "revenue".to_owned(), month, script }, |request| request).await
    }

    async fn put<J: ShopJob>(&self, job: J, options: impl FnOnce(Request<J>) -> Request<J>) -> task_tower::Result<()> {
        self.put_for_id(job, options).await.map(drop)
    }

    async fn put_for_id<J: ShopJob>(
        &self,
        job: J,
        options: impl FnOnce(Request<J>) -> Request<J>,
    ) -> task_tower::Result<JobId> {
        let expected = job.script().expectation(J::MAX_RETRIES);
        let id = options(self.client.enqueue(job)).await?;
        self.ledger.enqueued(id, J::KIND, expected);
        Ok(id)
    }
}

fn takes(least_ms: u64, most_ms: u64) -> Script {
    Script::takes(fastrand::u64(least_ms..=most_ms))
}

fn charge(order: u64) -> Script {
    match order % 14 {
        3 => takes(300, 900)
            .fails(1, "payment provider did not answer within 30 s: POST https://api.payments.example/v2/captures"),
        7 => takes(80, 200).fails(2, "payment provider answered 503 Service Unavailable, retry after 2 s"),
        12 => takes(80, 200).then(Mishap::Discard("card declined: do_not_honor (code 05)".to_owned())),
        _ => takes(50, 250),
    }
}

fn mail(order: u64) -> Script {
    match order % 10 {
        4 => takes(20, 80).fails(1, "smtp: 451 4.7.1 greylisted, please try again later"),
        _ => takes(20, 120),
    }
}

fn refund(order: u64) -> Script {
    match order % 2 {
        0 => takes(60, 200).then(Mishap::Cancel("the customer kept the goods".to_owned())),
        _ => takes(60, 200),
    }
}

fn resize(order: u64, width: u32) -> Script {
    match (order % 24, width) {
        (4, 320) => {
            takes(50, 150).then(Mishap::Panic("index out of bounds: the len is 3 but the index is 3".to_owned()))
        }
        (16, 1_280) => takes(50, 150).fails(3, "decode image: 12000 x 9000 px is more than the limit of 64 MP"),
        _ => takes(100, 500),
    }
}

fn import(order: u64) -> Script {
    match order % 18 {
        6 => takes(400, 900).fails(1, "read feed: connection reset by peer (os error 104)"),
        _ => takes(1_500, 4_000),
    }
}
