//! Entries of the audit: what people have typed, far from the jobs that it was about.

use serde_json::Value;
use task_tower::AuditRecord;

use super::Redact;
use super::secrets::Gatherer;

impl Redact {
    /// The entry as it may be shown: without credentials, and of tags the plain words. A tag that was not shown when
    /// somebody changed another one is written down here as well.
    pub(crate) fn entry(&self, mut entry: AuditRecord) -> AuditRecord {
        let anything = Gatherer::default().finish(self.keys_of_texts());
        anything.mask_value(&mut entry.details);
        let tags = entry.details.get_mut("tags").and_then(Value::as_array_mut);
        for tag in tags.into_iter().flatten() {
            *tag = tag.as_str().map(|tag| self.plain_words(tag)).into();
        }
        entry
    }
}
