//! What must be true of budgets whatever happens, in whatever order, on however many threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nexdesk_pricing::Money;
use proptest::prelude::*;

use super::{Budgets, Limits, Period, Reservation, Standing, Wants};
use crate::calendar::Calendar;

const HOUR: i64 = 3_600_000;
/// 2026-11-21 12:00 UTC.
const NOON: i64 = 1_795_262_400_000;

fn scope(number: usize) -> Arc<str> {
    format!("token:{number}").into()
}

fn limits(day: i64, month: i64, total: i64) -> Limits {
    Limits {
        day: Some(Money(day)),
        month: Some(Money(month)),
        total: Some(Money(total)),
    }
}

fn one(day: i64, month: i64, total: i64) -> (Budgets, [Arc<str>; 1]) {
    let budgets = Budgets::default();
    budgets.limit(&scope(0), limits(day, month, total), Calendar::of(Some("UTC")));
    (budgets, [scope(0)])
}

fn of(budgets: &Budgets, period: Period, now: i64) -> Standing {
    let standings = budgets.standing(&scope(0), now);
    standings.into_iter().find(|one| one.period == period).unwrap()
}

fn sums(standing: Standing) -> (i64, i64) {
    (standing.settled.0, standing.reserved.0)
}

#[test]
fn what_is_set_aside_is_given_back_and_what_it_came_to_is_counted() {
    let (budgets, scopes) = one(100, 100, 100);
    let first = budgets.reserve(&scopes, Money(60).into(), NOON).unwrap();
    let refused = budgets.reserve(&scopes, Money(41).into(), NOON).unwrap_err();
    assert_eq!(sums(refused.standing), (0, 60));
    let second = budgets.reserve(&scopes, Money(40).into(), NOON).unwrap();
    first.settle(Some(Money(10)));
    drop(second);
    assert_eq!(sums(of(&budgets, Period::Day, NOON)), (10, 0));
    budgets
        .reserve(&scopes, Money(90).into(), NOON)
        .unwrap()
        .settle(None);
    assert_eq!(sums(of(&budgets, Period::Total, NOON)), (10, 0));
}

#[test]
fn what_passed_its_reservation_counts_whole_and_refuses_what_comes_after() {
    let (budgets, scopes) = one(100, 1_000, 1_000);
    let dear = budgets.reserve(&scopes, Money(50).into(), NOON).unwrap();
    dear.settle(Some(Money(130)));
    assert!(budgets.reserve(&scopes, Money(1).into(), NOON).is_err());
    assert!(
        budgets.reserve(&scopes, Money(0).into(), NOON).is_ok(),
        "what is free is never refused"
    );
}

#[test]
fn a_stream_gets_a_part_of_what_is_left_grows_and_is_cut_at_the_end() {
    let (budgets, scopes) = one(100, 1_000, 1_000);
    let wants = Wants {
        least: Money(4),
        most: Money(1_000),
    };
    let mut first = budgets.reserve(&scopes, wants, NOON).unwrap();
    let second = budgets.reserve(&scopes, wants, NOON).unwrap();
    assert_eq!((first.amount(), second.amount()), (Money(25), Money(18)));
    let to = |least| Wants {
        least: Money(least),
        ..wants
    };
    first.grow(to(20)).unwrap();
    assert_eq!(first.amount(), Money(25), "there was room");
    first.grow(to(26)).unwrap();
    assert_eq!(first.amount(), Money(25 + 57 / 4));
    assert!(first.grow(to(83)).is_err());
    assert_eq!(first.amount(), Money(39), "refused, it stays as it was");
    drop(second);
    assert!(first.grow(to(83)).is_ok(), "its neighbour has left");
}

#[test]
fn a_day_ends_at_midnight_for_what_begins_after_it() {
    let (budgets, scopes) = one(100, 150, 1_000);
    let evening = budgets
        .reserve(&scopes, Money(90).into(), NOON + 11 * HOUR)
        .unwrap();
    let morning = NOON + 13 * HOUR;
    let next = budgets.reserve(&scopes, Money(60).into(), morning).unwrap();
    assert_eq!(sums(of(&budgets, Period::Day, morning)), (0, 60), "a new day");
    assert_eq!(
        sums(of(&budgets, Period::Month, morning)),
        (0, 150),
        "in the same month"
    );
    evening.settle(Some(Money(90)));
    next.settle(Some(Money(5)));
    assert_eq!(
        sums(of(&budgets, Period::Day, NOON)),
        (90, 0),
        "yesterday's stays yesterday's"
    );
    assert_eq!(sums(of(&budgets, Period::Day, morning)), (5, 0));
    assert_eq!(sums(of(&budgets, Period::Month, morning)), (95, 0));
}

#[test]
fn a_clock_that_is_set_back_or_far_forward_opens_no_second_budget() {
    let (budgets, scopes) = one(100, 10_000, 10_000);
    let spend = |amount, now| {
        let kept = budgets.reserve(&scopes, Money(amount).into(), now);
        kept.map(|kept| kept.settle(Some(Money(amount)))).is_ok()
    };
    assert!(spend(100, NOON));
    assert!(
        !spend(1, NOON - 48 * HOUR),
        "the day before the first counts as the first"
    );
    assert!(
        spend(100, NOON + 24 * 400 * HOUR),
        "a year ahead is a day of its own"
    );
    assert!(!spend(1, NOON), "and back again nothing is left");
    assert!(
        spend(100, NOON + 24 * HOUR),
        "tomorrow is whole, whatever a year ahead had"
    );
}

#[test]
fn what_was_spent_before_is_told_once_and_falls_into_its_days() {
    let (budgets, scopes) = one(100, 1_000, 1_000);
    let before = [(NOON - 24 * HOUR, Money(70)), (NOON - HOUR, Money(40))];
    assert!(budgets.wants_replay(&scopes[0]));
    budgets.count(&scopes[0], Money(5), NOON);
    budgets.replay(&scopes[0], before);
    budgets.replay(&scopes[0], before);
    assert!(!budgets.wants_replay(&scopes[0]));
    assert_eq!(sums(of(&budgets, Period::Day, NOON)), (45, 0));
    assert_eq!(sums(of(&budgets, Period::Month, NOON)), (115, 0));
    assert!(budgets.reserve(&scopes, Money(56).into(), NOON).is_err());
    assert!(budgets.reserve(&scopes, Money(55).into(), NOON).is_ok());
}

#[test]
fn two_accounts_give_both_or_neither() {
    let (budgets, _) = one(100, 100, 100);
    budgets.limit(&scope(1), limits(10, 10, 10), Calendar::of(Some("UTC")));
    let both = [scope(0), scope(1)];
    assert!(budgets.reserve(&both, Money(11).into(), NOON).is_err());
    assert_eq!(
        sums(of(&budgets, Period::Day, NOON)),
        (0, 0),
        "nothing was taken from the first"
    );
    let kept = budgets.reserve(&both, Money(10).into(), NOON).unwrap();
    assert_eq!(sums(of(&budgets, Period::Day, NOON)), (0, 10));
    drop(kept);
    assert_eq!(sums(budgets.standing(&scope(1), NOON)[0]), (0, 0));
}

/// One thing that can happen. Amounts are parts of a thousand of what is wanted, so that most of them are bounded.
#[derive(Clone, Debug)]
enum Step {
    Reserve { token: usize, least: i64, more: i64 },
    Grow { which: usize, to: i64 },
    Extend { which: usize, to: i64 },
    Settle { which: usize, part: i64 },
    Drop { which: usize },
    Unknown { which: usize },
    Clock { hours: i64 },
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0..64_usize;
    prop_oneof![
        4 => (0..3_usize, 0..400_i64, 0..2_000_i64)
            .prop_map(|(token, least, more)| Step::Reserve { token, least, more }),
        2 => (which.clone(), 0..1_500_i64).prop_map(|(which, to)| Step::Grow { which, to }),
        2 => (which.clone(), 0..1_500_i64).prop_map(|(which, to)| Step::Extend { which, to }),
        3 => (which.clone(), 0..=1_000_i64).prop_map(|(which, part)| Step::Settle { which, part }),
        1 => which.clone().prop_map(|which| Step::Drop { which }),
        1 => which.prop_map(|which| Step::Unknown { which }),
        1 => (-40..80_i64).prop_map(|hours| Step::Clock { hours }),
    ]
}

struct Play {
    budgets: Budgets,
    open: Vec<Reservation>,
    now: i64,
}

impl Play {
    fn take(&mut self, which: usize) -> Option<Reservation> {
        let at = which.checked_rem(self.open.len())?;
        Some(self.open.swap_remove(at))
    }

    fn step(&mut self, step: &Step) {
        let count = self.open.len();
        match *step {
            Step::Reserve { token, least, more } => {
                let wants = Wants {
                    least: Money(least),
                    most: Money(least + more),
                };
                // The second token also draws on the account of everything together.
                let scopes: &[Arc<str>] = match token {
                    0 => &[scope(0)],
                    1 => &[scope(1), scope(2)],
                    _ => &[scope(2)],
                };
                self.open.extend(self.budgets.reserve(scopes, wants, self.now));
            }
            Step::Grow { which, to } if count > 0 => {
                let wants = Wants {
                    least: Money(to),
                    most: Money(to * 2),
                };
                let _ = self.open[which % count].grow(wants);
            }
            Step::Extend { which, to } if count > 0 => {
                let _ = self.open[which % count].extend(Money(to));
            }
            Step::Settle { which, part } => {
                if let Some(kept) = self.take(which) {
                    let cost = kept.amount().0 * part / 1_000;
                    kept.settle(Some(Money(cost)));
                }
            }
            Step::Drop { which } => drop(self.take(which)),
            Step::Unknown { which } => {
                if let Some(kept) = self.take(which) {
                    kept.settle(None);
                }
            }
            Step::Clock { hours } => self.now += hours * HOUR,
            Step::Grow { .. } | Step::Extend { .. } => {}
        }
    }

    /// Every period that is known, not only today: a stream of yesterday may still grow.
    fn check(&self) {
        for account in self.budgets.lock().values() {
            let Limits { day, month, total } = account.limits;
            let days = account.days.known.values().map(|sum| (sum, day));
            let months = account.months.known.values().map(|sum| (sum, month));
            for (sum, limit) in days.chain(months).chain([(&account.ever, total)]) {
                assert!(sum.reserved >= 0 && sum.settled >= 0, "{account:?}");
                let limit = limit.map_or(i64::MAX, |limit| limit.0);
                assert!(sum.reserved + sum.settled <= limit, "{account:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_interleaving_passes_a_limit_and_nothing_is_left_behind(
        steps in prop::collection::vec(step(), 1..120),
        day in 1..2_000_i64, month in 1..4_000_i64, total in 1..8_000_i64,
    ) {
        let budgets = Budgets::default();
        for (number, zone) in ["UTC", "Asia/Shanghai", "America/St_Johns"].into_iter().enumerate() {
            budgets.limit(&scope(number), limits(day, month, total), Calendar::of(Some(zone)));
        }
        let mut play = Play { budgets, open: Vec::new(), now: NOON };
        for step in &steps {
            play.step(step);
            play.check();
        }
        play.open.clear();
        play.check();
        for account in play.budgets.lock().values() {
            let sums = account.days.known.values().chain(account.months.known.values());
            for sum in sums.chain([&account.ever]) {
                prop_assert_eq!(sum.reserved, 0);
            }
        }
    }
}

#[test]
fn eight_threads_over_two_tokens_spend_each_budget_and_not_a_nano_more() {
    const LIMIT: i64 = 100_000;
    let budgets = Budgets::default();
    for number in 0..2 {
        budgets.limit(
            &scope(number),
            limits(LIMIT, LIMIT, LIMIT),
            Calendar::of(Some("UTC")),
        );
    }
    let spent = [AtomicI64::new(0), AtomicI64::new(0)];
    std::thread::scope(|threads| {
        for thread in 0..8_usize {
            let (budgets, spent) = (&budgets, &spent[thread % 2]);
            threads.spawn(move || {
                let scopes = [scope(thread % 2)];
                let (mut turn, mut most) = (thread as i64, 1_000);
                // Until even one nano-dollar is refused.
                loop {
                    turn = (turn * 1_103 + 12_345) % 1_009;
                    let want = turn.clamp(1, most);
                    let Ok(mut kept) = budgets.reserve(&scopes, Money(want).into(), NOON) else {
                        if want == 1 {
                            return;
                        }
                        most = want / 2;
                        continue;
                    };
                    let _ = kept.extend(Money(want + turn % 7));
                    let cost = kept.amount().0 - turn % 2 * (kept.amount().0 / 2);
                    if turn % 5 == 0 && want > 1 {
                        continue;
                    }
                    kept.settle(Some(Money(cost)));
                    spent.fetch_add(cost, Ordering::Relaxed);
                }
            });
        }
    });
    for (number, spent) in spent.iter().enumerate() {
        let standing = budgets.standing(&scope(number), NOON)[0];
        assert_eq!(standing.reserved, Money::ZERO);
        assert_eq!(
            standing.settled.0,
            spent.load(Ordering::Relaxed),
            "every nano is counted once"
        );
        // A thread may have been refused for what its neighbour held and then gave back.
        assert!(
            (LIMIT - 2_100..=LIMIT).contains(&standing.settled.0),
            "{standing:?}"
        );
    }
}
