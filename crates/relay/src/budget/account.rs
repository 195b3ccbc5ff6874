//! One account: what it may spend, and what it has settled and reserved in each day and month it remembers.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use nexdesk_pricing::Money;

use crate::calendar::Calendar;

/// Days, and months, that are remembered: a month of days and some, so that a start can replay one.
const KEPT: usize = 40;

/// What may be spent. Nothing set is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) day: Option<Money>,
    pub(crate) month: Option<Money>,
    pub(crate) total: Option<Money>,
}

/// Which limit it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// The calendar day.
    Day,
    /// The calendar month.
    Month,
    /// The token's life.
    Total,
}

/// How one limit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub period: Period,
    /// The limit.
    pub limit: Money,
    /// Spent on what has ended.
    pub settled: Money,
    /// Set aside for what is under way.
    pub reserved: Money,
    /// When the period ends, in Unix milliseconds; none for a life.
    pub until: Option<i64>,
}

#[derive(Debug)]
pub(super) struct Account {
    pub(super) calendar: Calendar,
    pub(super) limits: Limits,
    pub(super) days: Periods,
    pub(super) months: Periods,
    pub(super) ever: Sum,
    pub(super) replayed: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) settled: i64,
    pub(super) reserved: i64,
}

/// The sums of days, or of months, by when they began.
#[derive(Debug, Default)]
pub(super) struct Periods {
    pub(super) known: BTreeMap<i64, Sum>,
    /// The one that the last answer was in: the calendar is asked once a day, not once a request.
    current: Range<i64>,
}

/// Where one reservation stands in one account.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub(super) scope: Arc<str>,
    pub(super) day: i64,
    pub(super) month: i64,
}

impl Limits {
    pub(crate) fn any(&self) -> bool {
        self.day.is_some() || self.month.is_some() || self.total.is_some()
    }
}

impl Standing {
    pub(super) fn left(&self) -> i64 {
        self.limit
            .0
            .saturating_sub(self.settled.0)
            .saturating_sub(self.reserved.0)
    }
}

impl Default for Account {
    fn default() -> Self {
        Self::new(Calendar::of(None))
    }
}

impl Account {
    pub(super) fn new(calendar: Calendar) -> Self {
        Self {
            calendar,
            limits: Limits::default(),
            days: Periods::default(),
            months: Periods::default(),
            ever: Sum::default(),
            replayed: false,
        }
    }

    pub(super) fn hold(&mut self, scope: &Arc<str>, now: i64) -> Hold {
        Hold {
            scope: scope.clone(),
            day: self.days.at(now, |now| self.calendar.day(now)),
            month: self.months.at(now, |now| self.calendar.month(now)),
        }
    }

    pub(super) fn tightest(&self, hold: &Hold) -> Option<Standing> {
        self.standings(hold).min_by_key(Standing::left)
    }

    pub(super) fn standings(&self, hold: &Hold) -> impl Iterator<Item = Standing> {
        let day = self.days.known.get(&hold.day).copied().unwrap_or_default();
        let month = self.months.known.get(&hold.month).copied().unwrap_or_default();
        let standing = |period, limit: Option<Money>, sum: Sum, until| {
            limit.map(|limit| Standing {
                period,
                limit,
                settled: Money(sum.settled),
                reserved: Money(sum.reserved),
                until,
            })
        };
        [
            standing(Period::Day, self.limits.day, day, Some(self.days.current.end)),
            standing(
                Period::Month,
                self.limits.month,
                month,
                Some(self.months.current.end),
            ),
            standing(Period::Total, self.limits.total, self.ever, None),
        ]
        .into_iter()
        .flatten()
    }
}

impl Sum {
    pub(super) fn settle(&mut self, cost: Money) {
        self.settled = self.settled.saturating_add(cost.0.max(0));
    }
}

impl Periods {
    /// The beginning of the period that counts for `now`.
    fn at(&mut self, now: i64, calendar: impl FnOnce(i64) -> Range<i64>) -> i64 {
        if !self.current.contains(&now) {
            self.current = calendar(now);
        }
        let began = match self.known.first_key_value() {
            Some((oldest, _)) => self.current.start.max(*oldest),
            None => self.current.start,
        };
        self.counted(began);
        began
    }

    pub(super) fn counted(&mut self, began: i64) -> &mut Sum {
        while self.known.len() >= KEPT && !self.known.contains_key(&began) {
            self.known.pop_first();
        }
        self.known.entry(began).or_default()
    }
}
