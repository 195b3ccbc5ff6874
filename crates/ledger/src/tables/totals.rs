//! What some time came to: what was asked, what failed, what it cost, and who spent it. Whole quarters and days are
//! read from the roll-ups, only what sticks out of them from the rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, params};

use super::parties::{Parties, numbered};
use super::rollups::{DAY, QUARTER, Sums, gather, is_merged, quarter};
use super::{all, exchanges, first};
use crate::{Ledger, LedgerError};

/// What happened since some moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests, running ones included.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Nano-dollars spent, as far as prices are known.
    pub cost_nano: i64,
    /// Answers that cost something unknown: they succeeded or wrote output, and have no cost.
    pub unpriced: u64,
    /// Amounts above zero that are estimates: one of them makes the sum one.
    pub estimated: u64,
    /// Different local tokens that asked.
    pub callers: u64,
}

/// What a caller spent within a quarter of an hour: short enough to add up to the days of any time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The token's id.
    pub caller: String,
    /// When the quarter began.
    pub at: i64,
    /// Nano-dollars.
    pub nano: i64,
}

impl Ledger {
    /// The totals of everything that started at or after a moment.
    pub fn totals_since(&self, unix_ms: i64) -> Result<Totals, LedgerError> {
        self.read(|c| {
            let c = c.unchecked_transaction()?;
            let mut sums = Sums::default();
            let mut callers = HashSet::new();
            for (parties, more) in came_to(&c, unix_ms, i64::MAX)? {
                sums.add(&more);
                callers.extend(caller(&c, parties)?);
            }
            Ok(Totals {
                requests: amount(sums.requests),
                failed: amount(sums.failed),
                cost_nano: sums.cost_nano(),
                unpriced: amount(sums.unpriced),
                estimated: amount(sums.estimated),
                callers: callers.len() as u64,
            })
        })
    }

    /// What each local token spent since a moment, as (token, nano-dollars, unpriced answers).
    pub fn spend_by_token_since(&self, unix_ms: i64) -> Result<Vec<(String, i64, u64)>, LedgerError> {
        self.read(|c| {
            let c = c.unchecked_transaction()?;
            let mut spent: HashMap<String, Sums> = HashMap::new();
            for (parties, more) in came_to(&c, unix_ms, i64::MAX)? {
                if let Some(token) = caller(&c, parties)? {
                    spent.entry(token).or_default().add(&more);
                }
            }
            let mut spent: Vec<_> = spent
                .into_iter()
                .map(|(token, sums)| (token, sums.cost_nano(), amount(sums.unpriced)))
                .collect();
            spent.sort();
            Ok(spent)
        })
    }

    /// What the local tokens spent on exchanges that began in `since..before`, oldest first: by the quarter, and by the
    /// UTC day for what is older than any month.
    pub fn token_spending(&self, since: i64, before: i64) -> Result<Vec<Spent>, LedgerError> {
        const SLOTS: &str = "SELECT p.caller_id, r.began, r.cost_reported, r.cost_estimated FROM rollups r
            JOIN parties p ON p.id = r.parties WHERE r.span = ?1 AND r.began >= ?2 AND r.began < ?3
            AND p.caller_id IS NOT NULL";
        self.read(|c| {
            let c = c.unchecked_transaction()?;
            let mut spent: BTreeMap<(i64, String), i64> = BTreeMap::new();
            let mut add = |at, caller, nano: i64| {
                let sum = spent.entry((at, caller)).or_default();
                *sum = sum.saturating_add(nano);
            };
            let (begin, end) = whole(&c, since, before)?;
            for (span, end) in [(QUARTER, end), (DAY, days_end(end))] {
                for (caller, at, reported, estimated) in all(&c, SLOTS, [span, begin, end], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?))
                })? {
                    add(at, caller, reported.saturating_add(estimated));
                }
            }
            for (from, to) in edges(since, before, begin, end) {
                for (_, row) in exchanges::ended_between(&c, from, to)? {
                    if let Some((caller, nano)) = row.caller_id.zip(row.cost_nano) {
                        add(quarter(row.started_at), caller.into(), nano);
                    }
                }
            }
            let spent = spent.into_iter().filter(|(_, nano)| *nano > 0);
            Ok(spent
                .map(|((at, caller), nano)| Spent { caller, at, nano })
                .collect())
        })
    }

    /// What everything that started from one moment to before another came to, for each set of parties. Running
    /// exchanges count as requests and nothing else. Where rows were folded away, a moment within a UTC day of that
    /// time stands for the whole days inside.
    pub fn usage_between(&self, from: i64, to: i64) -> Result<Vec<(Parties, Sums)>, LedgerError> {
        self.read(|c| {
            let c = c.unchecked_transaction()?;
            let mut usage = Vec::new();
            for (number, sums) in came_to(&c, from, to)? {
                if let Some(parties) = numbered(&c, number)? {
                    usage.push((parties, sums));
                }
            }
            Ok(usage)
        })
    }
}

fn amount(sum: i64) -> u64 {
    u64::try_from(sum).unwrap_or_default()
}

fn caller(connection: &Connection, parties: i64) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT caller_id FROM parties WHERE id = ?1";
    Ok(first(connection, sql, [parties], |row| row.get(0))?.flatten())
}

fn came_to(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<HashMap<i64, Sums>> {
    let (begin, end) = whole(connection, from, to)?;
    let mut sums = HashMap::new();
    gather(connection, QUARTER, begin, end, &mut sums)?;
    gather(connection, DAY, begin, days_end(end), &mut sums)?;
    for (from, to) in edges(from, to, begin, end) {
        for (parties, row) in exchanges::ended_between(connection, from, to)? {
            sums.entry(parties).or_default().add(&Sums::of(&row));
        }
    }
    let running = "SELECT parties, count(*) FROM exchanges WHERE outcome = 'running' AND started_at >= ?1
        AND started_at < ?2 GROUP BY parties";
    let running = all(connection, running, params![from, to], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for (parties, requests) in running {
        let running = Sums {
            requests,
            ..Sums::default()
        };
        sums.entry(parties).or_default().add(&running);
    }
    Ok(sums)
}

/// Before when days must begin: a day counts if its last quarter does.
fn days_end(end: i64) -> i64 {
    end.saturating_sub(DAY - QUARTER)
}

/// What sticks out before and behind the part that roll-ups cover.
fn edges(from: i64, to: i64, begin: i64, end: i64) -> [(i64, i64); 2] {
    [(from, begin.min(to)), (end.max(begin).max(from), to)]
}

/// The part of a time that roll-ups cover exactly: whole quarters, and whole days where quarters were merged.
fn whole(connection: &Connection, from: i64, to: i64) -> rusqlite::Result<(i64, i64)> {
    let step = |moment| match is_merged(connection, moment) {
        Ok(true) => Ok(DAY),
        Ok(false) => Ok(QUARTER),
        Err(cause) => Err(cause),
    };
    let before = from.saturating_sub(1);
    let span = step(before)?;
    let begin = before
        .saturating_sub(before.rem_euclid(span))
        .saturating_add(span);
    let end = match to {
        i64::MAX => i64::MAX,
        _ if step(to)? == DAY => to.saturating_sub(to.rem_euclid(DAY)),
        _ => quarter(to),
    };
    Ok((begin, end))
}
