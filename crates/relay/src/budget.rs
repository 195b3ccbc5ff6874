//! Money that may be spent: reserved before a request leaves, settled when it ends. Come here for the rule by which a
//! budget holds.
//!
//! An account is kept per scope, a string: `token:<id>` today; a gateway, a key, or everything together are more scopes
//! in the same call of `reserve`, which takes from all of them or from none. Everything is one lock and arithmetic.
//!
//! **What is guaranteed.** Whenever money is granted, by `reserve` or by `grow`, what the account has settled and what
//! it has reserved, this grant included, is at most each of its limits, under any interleaving. So the limit is never
//! passed by an exchange that costs no more than it had reserved. One that costs more (a gateway that writes more than
//! it was allowed, a price that was raised, thinking that is billed and not sent) is counted whole when it settles, and
//! refuses the ones after it.
//!
//! **How much is reserved.** A request wants between `least` and `most`, both at the price of whoever is asked:
//! - An answer that comes whole cannot be cut, so `least` is `most`: the prompt, and all the output it may have.
//! - A stream can be cut, so `least` is the prompt and the first words. It gets a quarter of what is left, within those
//!   two: one long stream must not starve the rest, and near the end of a budget the steps become small. As its words
//!   pass it grows by the same rule, and is cut where that is refused.
//!
//! What is reserved belongs to the day and month in which it was reserved, whenever it ends: as the ledger counts.
//!
//! **Clocks.** A day's sum is kept under its beginning, so a clock that is set back finds the sums it left, and one that
//! is set forward opens the day it says. A time before everything known counts into the oldest day that is known.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nexdesk_pricing::Money;

use crate::Map;
use crate::calendar::Calendar;

mod account;
#[cfg(test)]
mod properties;

pub(crate) use account::Limits;
use account::{Account, Hold, Sum};
pub use account::{Period, Standing};

/// A growing stream takes this part of what is left.
const SHARE: i64 = 4;

/// What a request wants to have reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wants {
    pub(crate) least: Money,
    pub(crate) most: Money,
}

/// A limit that would be passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    pub(crate) standing: Standing,
    pub(crate) wanted: Money,
}

/// Every account. Cloning it shares them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budgets(Arc<Mutex<Map<Arc<str>, Account>>>);

/// Money set aside. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Reservation {
    budgets: Budgets,
    holds: Vec<Hold>,
    amount: i64,
}

impl From<Money> for Wants {
    fn from(exactly: Money) -> Self {
        Self {
            least: exactly,
            most: exactly,
        }
    }
}

impl Budgets {
    /// Says what an account may spend, from its next reservation on. Its calendar is the one it began with.
    pub(crate) fn limit(&self, scope: &Arc<str>, limits: Limits, calendar: Calendar) {
        let mut accounts = self.lock();
        let account = accounts
            .entry(scope.clone())
            .or_insert_with(|| Account::new(calendar));
        account.limits = limits;
    }

    /// Whether an account still has to be told what was spent before this process.
    pub(crate) fn wants_replay(&self, scope: &str) -> bool {
        self.lock().get(scope).is_none_or(|account| !account.replayed)
    }

    /// Tells an account, once, what was spent before this process.
    pub(crate) fn replay(&self, scope: &Arc<str>, spent: impl IntoIterator<Item = (i64, Money)>) {
        let mut accounts = self.lock();
        let account = accounts.entry(scope.clone()).or_default();
        if std::mem::replace(&mut account.replayed, true) {
            return;
        }
        for (at, cost) in spent {
            let (day, month) = (account.calendar.day(at).start, account.calendar.month(at).start);
            account.days.counted(day).settle(cost);
            account.months.counted(month).settle(cost);
            account.ever.settle(cost);
        }
    }

    /// Sets money aside in every one of the accounts, or in none.
    pub(crate) fn reserve(&self, scopes: &[Arc<str>], wants: Wants, now: i64) -> Result<Reservation, Over> {
        let (least, most) = (wants.least.0.max(0), wants.most.0.max(wants.least.0).max(0));
        let mut accounts = self.lock();
        let mut holds = Vec::with_capacity(scopes.len());
        let mut amount = most;
        for scope in scopes {
            let account = accounts.entry(scope.clone()).or_default();
            let hold = account.hold(scope, now);
            // What costs nothing passes whatever was spent.
            if most > 0
                && let Some(tightest) = account.tightest(&hold)
            {
                let left = tightest.left();
                if left < least.max(1) {
                    return Err(Over {
                        standing: tightest,
                        wanted: Money(least),
                    });
                }
                amount = amount.min((left / SHARE).max(least));
            }
            holds.push(hold);
        }
        for hold in &holds {
            change(&mut accounts, hold, |sum| sum.reserved += amount);
        }
        drop(accounts);
        Ok(Reservation {
            budgets: self.clone(),
            holds,
            amount,
        })
    }

    /// Counts what was spent without a reservation.
    pub(crate) fn count(&self, scope: &Arc<str>, cost: Money, now: i64) {
        let mut accounts = self.lock();
        let hold = accounts.entry(scope.clone()).or_default().hold(scope, now);
        change(&mut accounts, &hold, |sum| sum.settle(cost));
    }

    /// How each limit of an account stands.
    pub(crate) fn standing(&self, scope: &Arc<str>, now: i64) -> Vec<Standing> {
        let mut accounts = self.lock();
        let Some(account) = accounts.get_mut(scope) else {
            return Vec::new();
        };
        let hold = account.hold(scope, now);
        account.standings(&hold).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Map<Arc<str>, Account>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// How much is set aside.
    #[cfg(test)]
    pub(crate) fn amount(&self) -> Money {
        Money(self.amount)
    }

    /// Makes it at least `wants.least`, and more where there is room. Refused, it stays as it was.
    pub(crate) fn grow(&mut self, wants: Wants) -> Result<(), Over> {
        let (least, most) = (wants.least.0 - self.amount, wants.most.0 - self.amount);
        if least <= 0 {
            return Ok(());
        }
        let mut accounts = self.budgets.lock();
        let mut step = most.max(least);
        for hold in &self.holds {
            let tightest = accounts
                .get(&hold.scope)
                .and_then(|account| account.tightest(hold));
            if let Some(tightest) = tightest {
                let left = tightest.left();
                if left < least {
                    return Err(Over {
                        standing: tightest,
                        wanted: wants.least,
                    });
                }
                step = step.min((left / SHARE).max(least));
            }
        }
        for hold in &self.holds {
            change(&mut accounts, hold, |sum| sum.reserved += step);
        }
        self.amount += step;
        Ok(())
    }

    /// Makes it exactly `to`, where it is less.
    #[cfg(test)]
    pub(crate) fn extend(&mut self, to: Money) -> Result<(), Over> {
        self.grow(Wants::from(to))
    }

    /// Gives back what was set aside and counts what it came to; `None` where nobody knows, or nothing was said.
    pub(crate) fn settle(mut self, cost: Option<Money>) {
        self.end(cost.unwrap_or_default());
    }

    fn end(&mut self, cost: Money) {
        let holds = std::mem::take(&mut self.holds);
        let mut accounts = self.budgets.lock();
        for hold in &holds {
            change(&mut accounts, hold, |sum| {
                sum.reserved -= self.amount;
                sum.settle(cost);
            });
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.end(Money::ZERO);
    }
}

fn change(accounts: &mut Map<Arc<str>, Account>, hold: &Hold, apply: impl Fn(&mut Sum)) {
    if let Some(account) = accounts.get_mut(&hold.scope) {
        // A period that was forgotten meanwhile is nobody's limit any more.
        account.days.known.get_mut(&hold.day).map(&apply);
        account.months.known.get_mut(&hold.month).map(&apply);
        apply(&mut account.ever);
    }
}
