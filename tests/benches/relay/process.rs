//! What a process costs, as the kernel counts it.

use std::fs;
use std::time::Duration;

/// CPU time of all threads, to the nanosecond; `stat` counts in ticks of ten milliseconds.
pub(crate) fn cpu_time(pid: u32) -> Duration {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let ran = threads.flatten().filter_map(|thread| {
        // A thread may end while we look.
        let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(ran.sum())
}

/// Memory in use now, in KiB.
pub(crate) fn memory(pid: u32) -> u64 {
    status(pid, "VmRSS:")
}

/// The most memory since the last [`forget_peak`], in KiB.
pub(crate) fn peak(pid: u32) -> u64 {
    status(pid, "VmHWM:")
}

pub(crate) fn forget_peak(pid: u32) {
    // Where the kernel does not allow it, the peak is that of all loads so far, which is no less.
    let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
}

fn status(pid: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
