//! Recurring jobs: their payload is that of each of their jobs.

use task_tower::RecurringRecord;

use super::Redact;
use super::secrets::Gatherer;

impl Redact {
    /// As it may be shown, with what repeats its secrets.
    pub(crate) fn recurring(&self, recurring: &mut RecurringRecord) {
        let mut gatherer = Gatherer::default();
        self.hide(&recurring.kind, &mut recurring.payload, &mut gatherer);
        let secrets = gatherer.finish(self.keys_of_texts());
        secrets.mask_value(&mut recurring.payload);
        for text in recurring.tags.iter_mut().chain(&mut recurring.paused_reason) {
            *text = secrets.mask(text).into_owned();
        }
    }
}
