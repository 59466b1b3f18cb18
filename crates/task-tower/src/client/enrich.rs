//! Lets the client's contextualizers store parameters with a job on its way in.

use serde_json::Map;

use super::Client;
use crate::error::{Error, Result};
use crate::job::{Crash, EnqueueContext, JobError, PARAMETERS_BYTES_MAX, catch};
use crate::store::NewJob;

impl Client {
    pub(super) async fn enrich(&self, job: &mut NewJob) -> Result<()> {
        if self.contextualizers.is_empty() {
            return Ok(());
        }
        let mut parameters = Map::new();
        for contextualizer in &self.contextualizers {
            let mut context = EnqueueContext {
                id: job.id,
                kind: job.kind,
                queue: &job.queue,
                tags: &job.tags,
                payload: &job.payload,
                parameters: &mut parameters,
            };
            // Its panic is a refusal, too: the caller may be in the middle of something of its own.
            match catch(contextualizer.enrich_boxed(&mut context)).await {
                Ok(enriched) => enriched.map_err(|reason| refused(job.kind, &reason))?,
                Err(crash) => return Err(panicked(job.kind, crash)),
            }
        }
        if !parameters.is_empty() {
            job.context = Some(checked(job.kind, serde_json::Value::Object(parameters).to_string())?);
        }
        Ok(())
    }
}

fn refused(kind: &str, reason: &JobError) -> Error {
    Error::refused(format!("enqueue \"{kind}\": a contextualizer refused it: {reason}"))
}

fn panicked(kind: &str, crash: Crash) -> Error {
    let words = match crash {
        Crash::Panic { message, place } => format!("{message} ({})", place.unwrap_or_default()),
        Crash::Timeout(_) | Crash::Stopped => "stopped".to_owned(),
    };
    Error::refused(format!("enqueue \"{kind}\": a contextualizer panicked: {words}"))
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
