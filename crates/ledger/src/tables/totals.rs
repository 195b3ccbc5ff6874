//! Sums over the exchanges: what was asked, what failed, what it cost, and who spent it.

use super::{Columns, all};
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

/// An exchange without a cost counts as unpriced only if something was delivered.
const UNPRICED: &str = "coalesce(sum(cost_nano IS NULL AND (outcome = 'ok' OR coalesce(output, 0) > 0)), 0)";

impl Ledger {
    /// The totals of everything that started at or after a moment.
    pub fn totals_since(&self, unix_ms: i64) -> Result<Totals, LedgerError> {
        let sql = format!(
            "SELECT count(*), coalesce(sum(outcome = 'failed'), 0), coalesce(sum(cost_nano), 0), {UNPRICED},
                coalesce(sum(cost_nano > 0 AND cost_basis = 'estimated'), 0), count(DISTINCT caller_id) FROM exchanges WHERE started_at >= ?1"
        );
        self.read(|c| {
            Ok(c.prepare_cached(&sql)?.query_row([unix_ms], |row| {
                let mut columns = Columns::of(row);
                Ok(Totals {
                    requests: columns.take()?,
                    failed: columns.take()?,
                    cost_nano: columns.take()?,
                    unpriced: columns.take()?,
                    estimated: columns.take()?,
                    callers: columns.take()?,
                })
            })?)
        })
    }

    /// What each local token spent since a moment, as (token, nano-dollars, unpriced answers).
    pub fn spend_by_token_since(&self, unix_ms: i64) -> Result<Vec<(String, i64, u64)>, LedgerError> {
        let sql = format!(
            "SELECT caller_id, coalesce(sum(cost_nano), 0), {UNPRICED} FROM exchanges
                WHERE started_at >= ?1 AND caller_id IS NOT NULL GROUP BY caller_id ORDER BY caller_id"
        );
        self.read(|c| {
            Ok(all(c, &sql, [unix_ms], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?)
        })
    }
}
