//! The sums a collector draws its curves from, added up here since the start, as its conventions want them.

use std::collections::HashMap;

use super::Ended;
use super::write::operation;
use crate::histogram::Histogram;

/// Of the GenAI conventions: seconds.
const DURATION: &[f64] = &[
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
/// Of the GenAI conventions: tokens.
const TOKENS: &[f64] = &[
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];
/// Sums kept apart. A tool that invents models fills a row called `other`.
const ROWS: usize = 1000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Of {
    pub(super) operation: String,
    pub(super) provider: &'static str,
    pub(super) model: String,
    pub(super) server: Option<String>,
    pub(super) error: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Sums {
    pub(super) took: Histogram,
    pub(super) input: Histogram,
    pub(super) output: Histogram,
    pub(super) cost_nano: u64,
}

#[derive(Default)]
pub(super) struct Measures {
    sums: HashMap<Of, Sums>,
    is_changed: bool,
}

impl Measures {
    #[expect(
        clippy::cast_precision_loss,
        reason = "no answer has so many tokens or takes so long"
    )]
    pub(super) fn add(&mut self, ended: &Ended) {
        self.is_changed = true;
        let row = &ended.row;
        let mut of = Of {
            operation: operation(&row.interface).to_owned(),
            provider: ended.provider,
            model: crate::redact::text(&row.model_asked).into_owned(),
            server: ended.server.as_ref().map(|server| server.address.clone()),
            error: row.code.clone(),
        };
        if self.sums.len() >= ROWS && !self.sums.contains_key(&of) {
            of.model = "other".into();
        }
        let sums = self.sums.entry(of).or_insert_with(|| Sums {
            took: Histogram::new(DURATION),
            input: Histogram::new(TOKENS),
            output: Histogram::new(TOKENS),
            cost_nano: 0,
        });
        if let Some(took) = row.took_ms {
            sums.took.see(took as f64 / 1000.0);
        }
        for (sum, tokens) in [(&mut sums.input, row.input), (&mut sums.output, row.output)] {
            if let Some(tokens) = tokens {
                sum.see(tokens as f64);
            }
        }
        let cost = row.cost_nano.and_then(|nano| u64::try_from(nano).ok());
        sums.cost_nano = sums.cost_nano.saturating_add(cost.unwrap_or(0));
    }

    /// All sums, if there is anything new in them.
    pub(super) fn changed(&mut self) -> Option<Vec<(Of, Sums)>> {
        let is_changed = std::mem::take(&mut self.is_changed);
        is_changed.then(|| {
            self.sums
                .iter()
                .map(|(of, sums)| (of.clone(), sums.clone()))
                .collect()
        })
    }

    pub(super) fn unsent(&mut self) {
        self.is_changed = true;
    }
}
