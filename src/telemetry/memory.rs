//! How much memory the process holds.

/// Resident memory of this process in bytes; `None` where the system does not tell (other than Linux).
pub(super) fn resident_bytes() -> Option<u64> {
    parse(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The `VmRSS` line of `/proc/PID/status`, which counts in units of 1,024 bytes (proc_pid_status(5)).
fn parse(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_resident_set() {
        assert_eq!(parse("Name:\tdateline\nVmHWM:\t   99999 kB\nVmRSS:\t   25812 kB\n"), Some(25_812 * 1024));
        assert_eq!(parse("Name:\tdateline\n"), None);
        assert_eq!(parse("VmRSS:\tmany kB\n"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_holds_some() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 100_000));
    }
}
