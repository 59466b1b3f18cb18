//! The account that the server runs as. PostgreSQL refuses to run as root, so that root has to
//! step down to somebody else, who must be able to reach the programs and the data.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;

/// Who root steps down to, the first that exists. An id without an entry in the list of users
/// would not do: initdb looks its own name up.
const STAND_INS: [&str; 2] = ["postgres", "nobody"];

/// Our own account, or the one that root steps down to.
#[derive(Clone, Debug)]
pub(super) struct Account {
    stand_in: Option<User>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct User {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    pub(super) fn find() -> Result<Self, Error> {
        if !is_root()? {
            return Ok(Self { stand_in: None });
        }
        let users = fs::read_to_string("/etc/passwd")
            .map_err(|error| Error::embedded("no list of users in /etc/passwd").because(error))?;
        let stand_in = choose_stand_in(&users).ok_or_else(no_stand_in)?;
        Ok(Self { stand_in: Some(stand_in) })
    }

    /// A command that runs as this account, in a place it can read, without the `PG…` variables
    /// that would send PostgreSQL's programs elsewhere.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // Without a locale of its own the server does not start on macOS.
        command.current_dir("/").env("LC_ALL", "C");
        for (name, _) in env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if let Some(user) = &self.stand_in {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }

    /// Gives the file or directory to this account.
    pub(super) fn own(&self, path: &Path) -> Result<(), Error> {
        let Some(user) = &self.stand_in else {
            return Ok(());
        };
        chown(path, Some(user.uid), Some(user.gid)).map_err(|error| {
            let message = format!("{} cannot be given to {}", path.display(), user.name);
            Error::embedded(message).because(error)
        })
    }

    /// Fails with advice when a directory on the way to `path`, itself included, is closed to
    /// this account.
    pub(super) fn check_reach(&self, path: &Path) -> Result<(), Error> {
        let Some(user) = &self.stand_in else {
            return Ok(());
        };
        match first_closed(user, path) {
            Some(closed) => Err(out_of_reach(path, &closed, user)),
            None => Ok(()),
        }
    }

    /// Whether directories can be made and removed in `path`.
    pub(super) fn can_use(&self, path: &Path) -> bool {
        const ANYBODY_MAY_WRITE: u32 = 0o002;
        let Ok(metadata) = fs::metadata(path) else {
            return false;
        };
        let open = self.stand_in.is_none() || metadata.mode() & ANYBODY_MAY_WRITE != 0;
        metadata.is_dir() && open && self.check_reach(path).is_ok()
    }

    /// Fails when the data in `path` belongs to somebody else: PostgreSQL would refuse it with a
    /// message that does not say what to do.
    pub(super) fn check_owner(&self, path: &Path) -> Result<(), Error> {
        let (Some(user), Ok(metadata)) = (&self.stand_in, fs::metadata(path)) else {
            return Ok(());
        };
        if metadata.uid() == user.uid {
            return Ok(());
        }
        Err(Error::embedded(format!(
            "{} belongs to the user id {}, but as root PostgreSQL runs as \"{}\": start it as the \
             owner, or name another directory",
            path.display(),
            metadata.uid(),
            user.name,
        )))
    }
}

/// Asks `id`, as the standard library does not tell.
fn is_root() -> Result<bool, Error> {
    let output = Command::new("id").arg("-u").output().map_err(|error| {
        Error::embedded("the command \"id -u\", which tells our account, did not run").because(error)
    })?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn choose_stand_in(users: &str) -> Option<User> {
    let find = |name: &&str| users.lines().filter_map(parse_user).find(|user| user.name == **name);
    STAND_INS.iter().find_map(find)
}

/// Reads a line of /etc/passwd: name, password, user id, group id, and what does not matter here.
fn parse_user(line: &str) -> Option<User> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let _password = fields.next()?;
    let uid = parse_id(fields.next()?)?;
    let gid = parse_id(fields.next()?)?;
    Some(User { name, uid, gid })
}

/// macOS writes the id of `nobody` as -2.
fn parse_id(text: &str) -> Option<u32> {
    let id: i64 = text.parse().ok()?;
    u32::try_from(id).ok().or_else(|| i32::try_from(id).ok().map(i32::cast_unsigned))
}

fn first_closed(user: &User, path: &Path) -> Option<PathBuf> {
    let mut way: Vec<&Path> = path.ancestors().collect();
    way.reverse();
    way.into_iter().find(|step| !is_open(user, step)).map(Path::to_path_buf)
}

/// What is not there yet, or is no directory, is in nobody's way.
fn is_open(user: &User, path: &Path) -> bool {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => may_enter(user, found.uid(), found.gid(), found.mode()),
        _ => true,
    }
}

fn may_enter(user: &User, owner: u32, group: u32, mode: u32) -> bool {
    let needed = if user.uid == owner {
        0o100
    } else if user.gid == group {
        0o010
    } else {
        0o001
    };
    mode & needed != 0
}

fn out_of_reach(path: &Path, closed: &Path, user: &User) -> Error {
    Error::embedded(format!(
        "{} is out of reach: PostgreSQL does not run as root, and \"{}\", which it runs as \
         instead, cannot enter {}; use a place such as /var/tmp, or do not start it as root",
        path.display(),
        user.name,
        closed.display(),
    ))
}

fn no_stand_in() -> Error {
    Error::embedded(format!(
        "PostgreSQL does not run as root, and there is none of the users {} to run it as: make \
         one (useradd --system postgres), or do not start it as root",
        STAND_INS.join(", "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, uid: u32, gid: u32) -> User {
        User { name: name.to_owned(), uid, gid }
    }

    #[test]
    fn postgres_is_preferred_to_nobody() {
        let users = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:\npostgres:x:101:104::/:\n";

        assert_eq!(choose_stand_in(users), Some(user("postgres", 101, 104)));
    }

    #[test]
    fn nobody_stands_in_where_postgres_has_no_account() {
        let users = "# a comment, as macOS has them\nroot:*:0:0::/:\nnobody:*:-2:-2::/:\n";

        assert_eq!(choose_stand_in(users), Some(user("nobody", 4_294_967_294, 4_294_967_294)));
    }

    #[test]
    fn a_list_without_either_offers_nobody() {
        assert_eq!(choose_stand_in("root:x:0:0::/root:/bin/sh\n\nbroken\n"), None);
    }

    #[test]
    fn the_most_specific_permission_decides() {
        let postgres = user("postgres", 101, 104);

        assert!(may_enter(&postgres, 101, 0, 0o700));
        assert!(!may_enter(&postgres, 101, 104, 0o077));
        assert!(may_enter(&postgres, 0, 104, 0o710));
        assert!(!may_enter(&postgres, 0, 104, 0o701));
        assert!(may_enter(&postgres, 0, 0, 0o711));
        assert!(!may_enter(&postgres, 0, 0, 0o770));
    }
}
