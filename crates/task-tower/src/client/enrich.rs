//! Lets the client's contextualizers and the interceptors of the kind have a job on its way in.

use serde_json::{Map, Value};

use super::Client;
use super::options::check;
use crate::error::{Error, Result};
use crate::job::{Crash, EnqueueContext, JobError, PARAMETERS_BYTES_MAX, catch};
use crate::store::NewJob;

impl Client {
    /// First what belongs to the caller, then what belongs to all kinds, then what belongs to this one.
    pub(super) async fn enrich(&self, job: &mut NewJob) -> Result<()> {
        let interceptors = self.shared.enqueue_interceptors(job.kind);
        if self.contextualizers.is_empty() && interceptors.is_empty() {
            return Ok(());
        }
        let (kind, mut parameters) = (job.kind, Map::new());
        let mut context = EnqueueContext::new(job, &mut parameters, self.payload_bytes_max());
        for contextualizer in &self.contextualizers {
            let ended = catch(contextualizer.enrich_boxed(&mut context)).await;
            judge(kind, "a contextualizer", ended)?;
        }
        for interceptor in interceptors {
            let ended = catch(interceptor.intercept_boxed(&mut context)).await;
            judge(kind, &format!("the enqueue interceptor {}", interceptor.name()), ended)?;
        }
        if !interceptors.is_empty() {
            check(job)?;
        }
        if !parameters.is_empty() {
            job.context = Some(checked(kind, Value::Object(parameters).to_string())?);
        }
        Ok(())
    }
}

/// A panic is a refusal, too: the caller may be in the middle of something of its own.
fn judge(kind: &str, who: &str, ended: std::result::Result<std::result::Result<(), JobError>, Crash>) -> Result<()> {
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(reason)) => Err(Error::refused(format!("enqueue \"{kind}\": {who} refused it: {reason}"))),
        Err(Crash::Panic { message, place }) => {
            let place = place.unwrap_or_default();
            Err(Error::refused(format!("enqueue \"{kind}\": {who} panicked: {message} ({place})")))
        }
        Err(Crash::Timeout(_) | Crash::Stopped) => {
            Err(Error::refused(format!("enqueue \"{kind}\": {who} panicked: stopped")))
        }
    }
}

fn checked(kind: &str, parameters: String) -> Result<String> {
    match parameters.len() <= PARAMETERS_BYTES_MAX {
        true => Ok(parameters),
        false => Err(Error::invalid(format!(
            "context parameters of \"{kind}\" have {} bytes, at most {PARAMETERS_BYTES_MAX} are allowed",
            parameters.len()
        ))),
    }
}
