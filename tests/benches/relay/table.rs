//! What is reported: medians of paired differences, as a table of Markdown.

use std::fmt;

use crate::peers::Peer;
use crate::process;

/// How much is asked: all of it, or just enough to see that it works.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) quick: bool,
    rounds: usize,
}

impl Sizes {
    pub(crate) fn new(quick: bool) -> Self {
        // Windows a peer and load: the median of them is reported, so one disturbed window changes nothing.
        Self {
            quick,
            rounds: if quick { 1 } else { 5 },
        }
    }

    pub(crate) fn with_rounds(self, rounds: usize) -> Self {
        Self {
            rounds: self.rounds.min(rounds),
            ..self
        }
    }

    pub(crate) fn of(self, number: usize) -> usize {
        if self.quick { (number / 20).max(1) } else { number }
    }

    /// Rounds of all peers in turn, so that whatever else the machine does hits all of them alike. The first warms
    /// connections, caches and the branch predictor, and counts for nothing.
    pub(crate) fn interleaved<'a, T>(
        self,
        peers: impl IntoIterator<Item = &'a Peer> + Clone,
        mut one: impl AsyncFnMut(&'a Peer) -> T,
    ) -> [Vec<T>; 3] {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        for peer in peers.clone() {
            peer.pid.into_iter().for_each(process::forget_peak);
        }
        let mut windows: [Vec<T>; 3] = Default::default();
        for round in 0..=self.rounds {
            for (peer, windows) in peers.clone().into_iter().zip(&mut windows) {
                let window = runtime.block_on(one(peer));
                if round > 0 {
                    windows.push(window);
                }
            }
        }
        windows
    }
}

/// What a figure is measured in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Micros,
    Millis,
    Count,
}

impl Unit {
    fn written(self, value: f64) -> String {
        match self {
            Self::Micros if value.abs() >= 10_000.0 => format!("{:.1} ms", value / 1e3),
            Self::Micros => format!("{value:.1} µs"),
            Self::Millis => format!("{value:.1} ms"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// The rows so far.
#[derive(Default)]
pub(crate) struct Table {
    load: &'static str,
    rows: Vec<[String; 6]>,
}

impl Table {
    /// The rows that follow are about this.
    pub(crate) fn begin(&mut self, load: &'static str) {
        println!("… {load}");
        self.load = load;
    }

    /// What each way adds to the direct one.
    pub(crate) fn added<T>(
        &mut self,
        figure: &str,
        unit: Unit,
        windows: &[Vec<T>; 3],
        of: impl Fn(&T) -> f64,
    ) {
        let [direct, nginx, nexd] = windows;
        let (theirs, ours) = (difference(nginx, direct, &of), difference(nexd, direct, &of));
        let direct = unit.written(middle(direct.iter().map(&of).collect()));
        // Nothing added, or less: what is left is noise, and a ratio of noise says nothing.
        let ratio = if theirs > 0.0 && ours > 0.0 {
            ratio(ours / theirs)
        } else {
            "–".into()
        };
        self.push(
            figure,
            [
                format!("({direct})"),
                unit.written(theirs),
                unit.written(ours),
                ratio,
            ],
        );
    }

    /// What the process in between takes for itself.
    pub(crate) fn own<T>(&mut self, figure: &str, unit: Unit, windows: &[Vec<T>; 3], of: impl Fn(&T) -> f64) {
        let [_, nginx, nexd] = windows;
        let ratio = ratio(paired(nexd, nginx, |ours, theirs| of(ours) / of(theirs)));
        let median = |windows: &[T]| unit.written(middle(windows.iter().map(&of).collect()));
        self.push(figure, ["–".into(), median(nginx), median(nexd), ratio]);
    }

    /// The figure as it is, each way.
    pub(crate) fn plain<T>(
        &mut self,
        figure: &str,
        unit: Unit,
        windows: &[Vec<T>; 3],
        of: impl Fn(&T) -> f64,
    ) {
        let [_, nginx, nexd] = windows;
        let ratio = ratio(paired(nexd, nginx, |ours, theirs| of(ours) / of(theirs)));
        let [direct, nginx, nexd] = windows
            .each_ref()
            .map(|windows| unit.written(middle(windows.iter().map(&of).collect())));
        self.push(figure, [direct, nginx, nexd, ratio]);
    }

    /// The largest of all windows, each way.
    pub(crate) fn worst<T>(&mut self, figure: &str, windows: &[Vec<T>; 3], of: impl Fn(&T) -> f64) {
        let worst = |windows: &Vec<T>| Unit::Count.written(windows.iter().map(&of).fold(0.0, f64::max));
        let [direct, nginx, nexd] = windows.each_ref().map(worst);
        self.push(figure, [direct, nginx, nexd, "–".into()]);
    }

    /// The most memory each process held under this load.
    pub(crate) fn memory(&mut self, peers: &[Peer; 3]) {
        let peak = |peer: &Peer| peer.pid.map(process::peak);
        let [direct, nginx, nexd] = peers.each_ref().map(peak);
        let written = |peak: Option<u64>| peak.map_or("–".into(), |kib| format!("{} MB", tenths(kib)));
        let ratio = nginx.zip(nexd).map_or("–".into(), |(theirs, ours)| {
            #[expect(clippy::cast_precision_loss, reason = "memory in KiB is small")]
            let share = ours as f64 / theirs as f64;
            ratio(share)
        });
        self.push(
            "peak RSS",
            [written(direct), written(nginx), written(nexd), ratio],
        );
    }

    fn push(&mut self, figure: &str, [direct, nginx, nexd, ratio]: [String; 4]) {
        let load = std::mem::take(&mut self.load);
        self.rows
            .push([load.into(), figure.into(), direct, nginx, nexd, ratio]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| load | figure | direct | nginx | nexd | nexd ÷ nginx |")?;
        writeln!(f, "|---|---|--:|--:|--:|--:|")?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// KiB as megabytes.
pub(crate) fn tenths(kib: u64) -> String {
    let tenths = (kib * 1024 + 50_000) / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The machine in a line, for whoever reads the table later.
pub(crate) fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown CPU", |line| line.trim_start_matches(['\t', ' ', ':']));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cores} cores of {model}, Linux {}", kernel.trim())
}

fn ratio(value: f64) -> String {
    format!("{value:.2}")
}

fn difference<T>(via: &[T], direct: &[T], of: &impl Fn(&T) -> f64) -> f64 {
    paired(via, direct, |via, direct| of(via) - of(direct))
}

/// The median over windows that ran next to each other.
fn paired<T>(one: &[T], other: &[T], of: impl Fn(&T, &T) -> f64) -> f64 {
    middle(one.iter().zip(other).map(|(a, b)| of(a, b)).collect())
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
