//! The process that shows the page: how much memory it holds, and when its main thread ran or stood in line for a
//! processor. On a busy machine a gap in the page's heartbeat is only its own fault as far as it ran.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock;

const EVERY: Duration = Duration::from_millis(2);

/// The web process below a process.
pub(crate) fn web_process_of(app: u32) -> u32 {
    let parent_of = |pid: u32| -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        status
            .lines()
            .find_map(|line| line.strip_prefix("PPid:"))?
            .trim()
            .parse()
            .ok()
    };
    let belongs = |pid: u32| {
        std::iter::successors(Some(pid), |pid| parent_of(*pid).filter(|parent| *parent > 1))
            .any(|it| it == app)
    };
    let all = fs::read_dir("/proc").unwrap().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let shows_pages = |pid: &u32| {
        fs::read_to_string(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|command| command.contains("WebKitWebProcess"))
    };
    // One may be kept in reserve: the one that has worked is the page.
    pids.filter(shows_pages)
        .filter(|pid| belongs(*pid))
        .max_by_key(|pid| times(*pid).map_or(0, |(ran, _)| ran))
        .expect("a WebKitWebProcess below the app")
}

/// What the process holds of the machine's memory, shared pages divided among those who share them, in MB.
pub(crate) fn memory(pid: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap();
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").trim().parse().unwrap();
    kilobytes / 1024.0
}

/// Nanoseconds the main thread ran, and stood in line.
fn times(pid: u32) -> Option<(u64, u64)> {
    let told = fs::read_to_string(format!("/proc/{pid}/task/{pid}/schedstat")).ok()?;
    let mut numbers = told.split(' ').map(|number| number.trim().parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

#[derive(Clone, Copy)]
struct Sample {
    at: f64,
    ran: f64,
    waited: f64,
}

/// A record of the main thread, while it is kept.
pub(crate) struct Watch {
    samples: Arc<Mutex<Vec<Sample>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(crate) fn over(pid: u32) -> Self {
        let samples = Arc::new(Mutex::new(Vec::new()));
        let over = Arc::new(AtomicBool::new(false));
        let (kept, end) = (samples.clone(), over.clone());
        let thread = std::thread::spawn(move || {
            while !end.load(Ordering::Relaxed) {
                if let Some((ran, waited)) = times(pid) {
                    #[expect(clippy::cast_precision_loss, reason = "milliseconds for people")]
                    let ms = |nanos: u64| nanos as f64 / 1e6;
                    let (at, ran, waited) = (clock::wall(), ms(ran), ms(waited));
                    kept.lock().unwrap().push(Sample { at, ran, waited });
                }
                clock::wait(EVERY);
            }
        });
        Self {
            samples,
            over,
            thread: Some(thread),
        }
    }

    /// Milliseconds the main thread ran, and stood in line, between two moments by the clock on the wall.
    pub(crate) fn between(&self, from: f64, to: f64) -> (f64, f64) {
        let samples = self.samples.lock().unwrap();
        let at = |time: f64| {
            let after = samples.partition_point(|sample| sample.at < time);
            let (before, after) = (samples.get(after.saturating_sub(1)), samples.get(after));
            match (before, after) {
                (Some(a), Some(b)) if b.at > a.at => {
                    let part = ((time - a.at) / (b.at - a.at)).clamp(0.0, 1.0);
                    (
                        a.ran + part * (b.ran - a.ran),
                        a.waited + part * (b.waited - a.waited),
                    )
                }
                (Some(a), _) => (a.ran, a.waited),
                _ => (0.0, 0.0),
            }
        };
        let ((ran, waited), (ran_before, waited_before)) = (at(to), at(from));
        (ran - ran_before, waited - waited_before)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
