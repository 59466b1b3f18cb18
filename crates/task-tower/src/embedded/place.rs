//! Where the directory of a cluster is: where the account can use it, and nowhere where it would
//! be in the way of something else.

use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{self, Path, PathBuf};
use std::process;

use super::account::Account;
use super::directory::failed;
use crate::error::Error;

const ONLY_FOR_THE_OWNER: u32 = 0o700;

/// Chooses a name of its own in the first place where the account can make a directory.
pub(super) fn choose_temporary(account: &Account) -> Result<PathBuf, Error> {
    let places = [env::temp_dir(), PathBuf::from("/var/tmp"), PathBuf::from("/tmp")];
    let Some(place) = places.iter().find(|place| account.can_use(place)) else {
        return Err(Error::embedded("no temporary directory is open to the account that PostgreSQL runs as"));
    };
    let name = format!("task-tower-{}-{:016x}", process::id(), fastrand::u64(..));
    let place = place.canonicalize().map_err(|error| failed(place, "cannot be read", error))?;
    Ok(place.join(name))
}

/// Makes the directory and the way to it, or takes it when it is empty, or ours by the file `mark`.
pub(super) fn make_lasting(path: &Path, mark: &str, account: &Account) -> Result<PathBuf, Error> {
    let made = path::absolute(path).and_then(|path| {
        fs::create_dir_all(&path)?;
        path.canonicalize()
    });
    let path = made.map_err(|error| failed(path, "was not made", error))?;
    account.check_reach(path.parent().unwrap_or(&path))?;
    if is_empty(&path).map_err(|error| failed(&path, "cannot be read", error))? {
        let permissions = Permissions::from_mode(ONLY_FOR_THE_OWNER);
        fs::set_permissions(&path, permissions).map_err(|error| failed(&path, "cannot be made private", error))?;
        account.own(&path)?;
    } else if !path.join(mark).exists() {
        return Err(foreign(&path));
    }
    Ok(path)
}

fn is_empty(path: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(path)?.next().is_none())
}

fn foreign(path: &Path) -> Error {
    Error::embedded(format!(
        "the directory {} holds something that is no cluster of Task Tower: name an empty or a \
         new one",
        path.display(),
    ))
}
