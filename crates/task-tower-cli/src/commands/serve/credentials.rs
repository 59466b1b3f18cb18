//! Who may use the dashboard, from files and from the environment.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use task_tower_ui::Access;

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
        if let Some(path) = &self.bearer_token_file {
            doors.push(token(&read(path, "--bearer-token-file")?, &path.display().to_string())?);
        }
        if let Some(text) = variable("TASK_TOWER_BEARER_TOKEN") {
            doors.push(token(&text, "TASK_TOWER_BEARER_TOKEN")?);
        }
        Ok(doors.into_iter().reduce(Access::or))
    }
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

fn token(text: &str, place: &str) -> Result<Access> {
    match text.trim() {
        "" => bail!("could not find a token in {place}: it is empty"),
        token => Ok(Access::bearer(token)),
    }
}

/// A variable that is set to nothing says nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}
