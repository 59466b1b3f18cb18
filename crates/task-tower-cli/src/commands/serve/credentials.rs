//! Who may use the dashboard, from files and from the environment.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use task_tower_ui::{Access, Metrics};

/// Its own struct, so that no other option can hold a secret by mistake.
#[derive(Args, Debug)]
pub(crate) struct CredentialArgs {
    /// A file with users and passwords: a line `user:password` for each; one that begins with # says nothing.
    /// TASK_TOWER_BASIC_AUTH=user:password adds one.
    #[arg(long, value_name = "FILE")]
    basic_auth: Option<PathBuf>,
    /// A file with a token for programs, which send it as `Authorization: Bearer <token>`.
    /// TASK_TOWER_BEARER_TOKEN adds one.
    #[arg(long, value_name = "FILE")]
    bearer_token_file: Option<PathBuf>,
    /// A file with a token that opens /metrics and nothing else. TASK_TOWER_METRICS_TOKEN adds one.
    #[arg(long, value_name = "FILE")]
    metrics_token_file: Option<PathBuf>,
    /// Let everybody read /metrics.
    #[arg(long)]
    open_metrics: bool,
}

impl CredentialArgs {
    /// `None` when nothing was given.
    pub(super) fn access(&self) -> Result<Option<Access>> {
        let mut doors = Vec::new();
        if let Some(path) = &self.basic_auth {
            doors.extend(users(&read(path, "--basic-auth")?, &path.display().to_string())?);
        }
        if let Some(text) = variable("TASK_TOWER_BASIC_AUTH") {
            doors.extend(users(&text, "TASK_TOWER_BASIC_AUTH")?);
        }
        let tokens = tokens(self.bearer_token_file.as_deref(), "--bearer-token-file", "TASK_TOWER_BEARER_TOKEN")?;
        doors.extend(tokens.iter().map(Access::bearer));
        Ok(doors.into_iter().reduce(Access::or))
    }

    /// What `/metrics` serves beyond what the database knows: nothing, as no job runs here; but perhaps to more people.
    pub(super) fn metrics(&self) -> Result<Metrics> {
        let tokens = tokens(self.metrics_token_file.as_deref(), "--metrics-token-file", "TASK_TOWER_METRICS_TOKEN")?;
        let metrics = tokens.iter().fold(Metrics::default(), Metrics::token);
        Ok(if self.open_metrics { metrics.open() } else { metrics })
    }
}

/// Those of a file and of a variable.
fn tokens(path: Option<&Path>, option: &str, name: &str) -> Result<Vec<String>> {
    let mut tokens = Vec::new();
    if let Some(path) = path {
        tokens.push(token(&read(path, option)?, &path.display().to_string())?);
    }
    if let Some(text) = variable(name) {
        tokens.push(token(&text, name)?);
    }
    Ok(tokens)
}

/// What was given may be the secret itself, so it is not repeated.
fn read(path: &Path, option: &str) -> Result<String> {
    if !path.exists() {
        bail!(
            "could not find the file of {option}. It takes the name of a file: a secret does not belong on the command line, \
             where everybody on this machine can read it"
        );
    }
    fs::read_to_string(path).with_context(|| format!("could not read {}, the file of {option}", path.display()))
}

fn users(text: &str, place: &str) -> Result<Vec<Access>> {
    let lines = text.lines().map(str::trim).enumerate();
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let users = said.map(|(number, line)| match line.split_once(':') {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => Ok(Access::basic(user, password)),
        _ => bail!("could not read line {} of {place}: it takes user:password", number + 1),
    });
    let users = users.collect::<Result<Vec<_>>>()?;
    if users.is_empty() {
        bail!("could not find a user in {place}: it takes lines of user:password");
    }
    Ok(users)
}

fn token(text: &str, place: &str) -> Result<String> {
    match text.trim() {
        "" => bail!("could not find a token in {place}: it is empty"),
        token => Ok(token.to_owned()),
    }
}

/// A variable that is set to nothing says nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}
