//! How much memory this process takes.

use std::fs;

/// What is resident, in bytes. Linux says so; `None` elsewhere.
pub(super) fn resident_bytes() -> Option<i64> {
    // `status` has kilobytes, where `statm` has pages, whose size would have to be asked for.
    from_status(&fs::read_to_string("/proc/self/status").ok()?)
}

fn from_status(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_system_is_read_and_an_odd_one_is_not() {
        assert_eq!(from_status("VmHWM:\t   90000 kB\nVmRSS:\t   14336 kB\nThreads:\t4\n"), Some(14_680_064));
        assert_eq!(from_status("VmRSS:\t many kB\n"), None);
        assert_eq!(from_status("VmRSS:\t 9223372036854775807 kB\n"), None);
        assert_eq!(from_status("Name:\tdaemon\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_takes_some() {
        assert!(resident_bytes().unwrap() > 1_000_000);
    }
}
