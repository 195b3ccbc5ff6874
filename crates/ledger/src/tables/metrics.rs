//! The token that `GET /metrics` wants. There is one at most; a new one takes its place. Only its hash is kept.

use rusqlite::params;

use super::{first, run};
use crate::{Ledger, LedgerError};

/// The token of the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricsTokenRow {
    /// The SHA-256 of the token, 32 bytes.
    pub hash: Vec<u8>,
    /// Its last four characters.
    pub last_four: String,
    /// When it was made.
    pub created_at: i64,
}

impl Ledger {
    /// The token, if there is one.
    pub fn metrics_token(&self) -> Result<Option<MetricsTokenRow>, LedgerError> {
        let sql = "SELECT hash, last_four, created_at FROM metrics_token";
        self.read(|c| {
            Ok(first(c, sql, [], |row| {
                Ok(MetricsTokenRow {
                    hash: row.get(0)?,
                    last_four: row.get(1)?,
                    created_at: row.get(2)?,
                })
            })?)
        })
    }

    /// Puts a token in the place of the one before, or takes it away.
    pub async fn keep_metrics_token(&self, token: Option<MetricsTokenRow>) -> Result<(), LedgerError> {
        self.ask(move |c| {
            match &token {
                Some(row) => run(
                    c,
                    "REPLACE INTO metrics_token (only, hash, last_four, created_at) VALUES (1, ?1, ?2, ?3)",
                    params![row.hash, row.last_four, row.created_at],
                )?,
                None => run(c, "DELETE FROM metrics_token", [])?,
            };
            Ok(())
        })
        .await
    }
}
