//! What to tell somebody on whose machine no PostgreSQL was found: the lines to paste.

use std::fs;

use super::binaries::{OLDEST_VERSION, VARIABLE};

/// The advice for this machine.
pub(super) fn advice() -> String {
    let os_release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    advice_for(platform(&os_release, cfg!(target_os = "macos")))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Platform {
    Alpine,
    Arch,
    Debian,
    Fedora,
    MacOs,
    Unknown,
}

impl Platform {
    fn install_command(self) -> &'static str {
        match self {
            Self::Alpine => "sudo apk add postgresql",
            Self::Arch => "sudo pacman -S --noconfirm postgresql",
            Self::Debian => "sudo apt-get install -y postgresql",
            Self::Fedora => "sudo dnf install -y postgresql-server",
            Self::MacOs => "brew install postgresql@17",
            Self::Unknown => "# see https://www.postgresql.org/download/",
        }
    }
}

/// Decides by `ID`, then by the names in `ID_LIKE`, from the nearest relative on.
fn platform(os_release: &str, is_macos: bool) -> Platform {
    if is_macos {
        return Platform::MacOs;
    }
    let own_name = value_of(os_release, "ID").into_iter();
    let relatives = value_of(os_release, "ID_LIKE").unwrap_or_default().split_whitespace();
    own_name.chain(relatives).find_map(platform_named).unwrap_or(Platform::Unknown)
}

fn platform_named(name: &str) -> Option<Platform> {
    match name {
        "alpine" => Some(Platform::Alpine),
        "arch" => Some(Platform::Arch),
        "debian" | "ubuntu" => Some(Platform::Debian),
        "fedora" | "rhel" | "centos" => Some(Platform::Fedora),
        _ => None,
    }
}

fn value_of<'a>(os_release: &'a str, key: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.trim().strip_prefix(key)?.strip_prefix('=');
    let quotes: &[char] = &['"', '\''];
    os_release.lines().find_map(value).map(|value| value.trim_matches(quotes))
}

fn advice_for(platform: Platform) -> String {
    format!(
        "Install it (only its programs are used, no server has to be set up):\n\n    \
         {command}\n\n\
         or, if it is somewhere else, name the directory that holds initdb and postgres:\n\n    \
         export {VARIABLE}=/path/to/bin\n\n\
         or name a server of your own:\n\n    \
         export DATABASE_URL=postgres://user:password@host:5432/database\n\n\
         Where the packages are older than PostgreSQL {OLDEST_VERSION}: \
         https://www.postgresql.org/download/",
        command = platform.install_command(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_known_by_its_own_name() {
        assert_eq!(platform("NAME=\"Debian GNU/Linux\"\nID=debian\n", false), Platform::Debian);
        assert_eq!(platform("ID=ubuntu\nID_LIKE=debian\n", false), Platform::Debian);
        assert_eq!(platform("ID=fedora\n", false), Platform::Fedora);
        assert_eq!(platform("ID=alpine\n", false), Platform::Alpine);
        assert_eq!(platform("ID=arch\n", false), Platform::Arch);
        assert_eq!(platform("ID=debian\n", true), Platform::MacOs);
    }

    #[test]
    fn a_platform_is_known_by_its_relatives() {
        assert_eq!(platform("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", false), Platform::Debian);
        assert_eq!(platform("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", false), Platform::Fedora);
        assert_eq!(platform("ID=manjaro\nID_LIKE='arch'", false), Platform::Arch);
    }

    #[test]
    fn an_unknown_platform_gets_a_link() {
        assert_eq!(platform("", false), Platform::Unknown);
        assert_eq!(platform("VERSION_ID=debian\n", false), Platform::Unknown);
        assert!(advice_for(Platform::Unknown).contains("https://www.postgresql.org/download/"));
    }

    #[test]
    fn the_advice_names_every_way_out() {
        let advice = advice_for(Platform::Debian);

        assert!(advice.contains("\n    sudo apt-get install -y postgresql\n"), "{advice}");
        assert!(advice.contains("\n    export TASK_TOWER_PG_BIN=/path/to/bin\n"), "{advice}");
        assert!(advice.contains("\n    export DATABASE_URL=postgres://"), "{advice}");
    }
}
