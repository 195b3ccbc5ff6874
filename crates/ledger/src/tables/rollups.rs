//! Sums of what has ended, per quarter of an hour and parties, later per day. They move in the same transaction as the
//! rows they are of, and stay when the rows go.

use std::collections::HashMap;

use foldhash::quality::RandomState;
use rusqlite::{Connection, params, params_from_iter};

use super::{Columns, all, first, run};
use crate::{Basis, ExchangeRow, Outcome};

/// The finest step that local midnights fall on, wherever on Earth.
pub(crate) const QUARTER: i64 = 15 * 60 * 1000;
/// What quarters are merged into when nobody asks for their hours any more.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What some exchanges came to. Whatever would not fit a number stays at its end, so that one gateway's absurd
        /// count spoils nothing but itself.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Sums { $($(#[$doc])* pub $name: i64,)+ }

        impl Sums {
            const NAMES: &[&str] = &[$(stringify!($name)),+];

            /// Adds what other exchanges came to.
            pub fn add(&mut self, other: &Sums) {
                $(self.$name = self.$name.saturating_add(other.$name);)+
            }

            /// Takes back what was added.
            pub(super) fn subtract(&mut self, other: &Sums) {
                $(self.$name = self.$name.saturating_sub(other.$name);)+
            }

            fn read(columns: &mut Columns<'_, '_>) -> rusqlite::Result<Sums> {
                Ok(Sums { $($name: columns.take()?,)+ })
            }

            fn values(&self) -> Vec<i64> {
                vec![$(self.$name),+]
            }
        }
    };
}

sums! {
    /// Exchanges.
    requests,
    /// Those that failed.
    failed,
    /// Those whose caller left.
    cancelled,
    /// Those that broke off.
    interrupted,
    /// Answers that cost something unknown.
    unpriced,
    /// Costs above zero that are estimates.
    estimated,
    /// Nano-dollars, by the gateways' word.
    cost_reported,
    /// Nano-dollars, by our estimate.
    cost_estimated,
    /// Input tokens, cached ones included.
    input,
    /// Input tokens read from a cache.
    cached,
    /// Output tokens, reasoning included.
    output,
    /// Output tokens spent on reasoning.
    reasoning,
    /// Input tokens written to a cache.
    cache_write,
    /// Input tokens of sound.
    audio_in,
    /// Output tokens of sound.
    audio_out,
    /// Input tokens of pictures.
    image_in,
    /// Output tokens of pictures.
    image_out,
    /// Pictures.
    images,
    /// Characters read aloud.
    characters,
    /// Milliseconds of sound or clips.
    milliseconds,
    /// Calls, where they were counted apart.
    calls,
    /// Exchanges with a first token.
    first_tokens,
    /// Milliseconds to the first tokens, together.
    first_token_ms,
    /// Exchanges that say how long they took.
    took,
    /// Milliseconds they took, together.
    took_ms,
}

impl Sums {
    /// All the money, reported and estimated.
    pub fn cost_nano(&self) -> i64 {
        self.cost_reported.saturating_add(self.cost_estimated)
    }

    /// What one exchange that has ended adds.
    pub(crate) fn of(row: &ExchangeRow) -> Sums {
        let count = |one: bool| i64::from(one);
        let amount = |of: Option<u64>| of.map_or(0, |of| i64::try_from(of).unwrap_or(i64::MAX));
        let unit = |name: &str| amount(row.units.as_ref().and_then(|units| units.get(name)?.as_u64()));
        let reported = row.cost_basis == Basis::Reported;
        let cost = row.cost_nano.unwrap_or_default();
        let delivered = row.outcome == Outcome::Ok || row.output.is_some_and(|output| output > 0);
        Sums {
            requests: 1,
            failed: count(row.outcome == Outcome::Failed),
            cancelled: count(row.outcome == Outcome::Cancelled),
            interrupted: count(row.outcome == Outcome::Interrupted),
            unpriced: count(row.cost_nano.is_none() && delivered),
            estimated: count(cost > 0 && !reported),
            cost_reported: if reported { cost } else { 0 },
            cost_estimated: if reported { 0 } else { cost },
            input: amount(row.input),
            cached: amount(row.cached),
            output: amount(row.output),
            reasoning: amount(row.reasoning),
            cache_write: unit("cache_write"),
            audio_in: unit("audio_in"),
            audio_out: unit("audio_out"),
            image_in: unit("image_in"),
            image_out: unit("image_out"),
            images: unit("images"),
            characters: unit("characters"),
            milliseconds: unit("milliseconds"),
            calls: unit("requests"),
            first_tokens: count(row.first_token_ms.is_some()),
            first_token_ms: amount(row.first_token_ms),
            took: count(row.took_ms.is_some()),
            took_ms: amount(row.took_ms),
        }
    }
}

/// The quarter a moment is in.
pub(crate) fn quarter(unix_ms: i64) -> i64 {
    unix_ms.saturating_sub(unix_ms.rem_euclid(QUARTER))
}

/// Changes to the sums that have not been written yet, by quarter and number of parties.
pub(crate) type Changes = HashMap<(i64, i64), Sums, RandomState>;

/// Writes the changes of a batch: one row for each quarter and parties in it.
pub(crate) fn change(connection: &Connection, changes: &mut Changes) -> rusqlite::Result<()> {
    for ((began, parties), change) in changes.drain() {
        add(connection, QUARTER, began, parties, &change)?;
    }
    Ok(())
}

fn add(connection: &Connection, span: i64, began: i64, parties: i64, more: &Sums) -> rusqlite::Result<()> {
    let names = Sums::NAMES.join(", ");
    let sql = format!("SELECT {names} FROM rollups WHERE span = ?1 AND began = ?2 AND parties = ?3");
    let found = first(connection, &sql, [span, began, parties], |row| {
        Sums::read(&mut Columns::of(row))
    })?;
    let mut sums = found.unwrap_or_default();
    sums.add(more);
    let places = vec!["?"; Sums::NAMES.len() + 3].join(", ");
    let sql = format!("REPLACE INTO rollups (span, began, parties, {names}) VALUES ({places})");
    let values = [span, began, parties].into_iter().chain(sums.values());
    run(connection, &sql, params_from_iter(values)).map(drop)
}

/// The sums of every roll-up of one span that begins between two moments, by parties, added to what is there.
pub(super) fn gather(
    connection: &Connection,
    span: i64,
    from: i64,
    to: i64,
    into: &mut HashMap<i64, Sums>,
) -> rusqlite::Result<()> {
    let names = Sums::NAMES.join(", ");
    let sql = format!("SELECT parties, {names} FROM rollups WHERE span = ?1 AND began >= ?2 AND began < ?3");
    let found = all(connection, &sql, params![span, from, to], |row| {
        let mut columns = Columns::of(row);
        Ok((columns.take::<i64>()?, Sums::read(&mut columns)?))
    })?;
    for (parties, sums) in found {
        into.entry(parties).or_default().add(&sums);
    }
    Ok(())
}

/// Whether the day a moment is in has been merged.
pub(super) fn is_merged(connection: &Connection, unix_ms: i64) -> rusqlite::Result<bool> {
    let day = unix_ms.saturating_sub(unix_ms.rem_euclid(DAY));
    let sql = "SELECT 1 FROM rollups WHERE span = ?1 AND began = ?2 LIMIT 1";
    Ok(first(connection, sql, [DAY, day], |_| Ok(()))?.is_some())
}

/// Merges the oldest day whose quarters all began before a moment; false if there is none.
pub(crate) fn merge_oldest(connection: &Connection, before: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT began FROM rollups WHERE span = ?1 AND began < ?2 ORDER BY began LIMIT 1";
    let whole = before.saturating_sub(before.rem_euclid(DAY));
    let Some(oldest) = first(connection, sql, [QUARTER, whole], |row| row.get::<_, i64>(0))? else {
        return Ok(false);
    };
    let day = oldest.saturating_sub(oldest.rem_euclid(DAY));
    let mut sums = HashMap::new();
    gather(connection, QUARTER, day, day.saturating_add(DAY), &mut sums)?;
    for (parties, sums) in sums {
        add(connection, DAY, day, parties, &sums)?;
    }
    let sql = "DELETE FROM rollups WHERE span = ?1 AND began >= ?2 AND began < ?3";
    run(connection, sql, [QUARTER, day, day.saturating_add(DAY)])?;
    Ok(true)
}
