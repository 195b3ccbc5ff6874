//! The local tokens tools call the relay with, and what each may do. Only their hashes are kept.

mod limits;

use rusqlite::{Row, params};

use super::{Columns, all, run, touched};
use crate::queue::Used;
use crate::{Ledger, LedgerError};
pub use limits::{Capture, TokenLimits, Unpriced};

/// A local token.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// The tool it was made for.
    pub name: String,
    /// The SHA-256 of the token, 32 bytes.
    pub hash: Vec<u8>,
    /// Its last four characters.
    pub last_four: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// When it was paused, while it is.
    pub paused_at: Option<i64>,
    /// What it may do.
    pub limits: TokenLimits,
}

const SELECT: &str = "SELECT id, name, hash, last_four, created_at, last_used_at, revoked_at, paused_at, models,
    endpoints, rpm, tpm, concurrency, day_nano, month_nano, total_nano, zone, unpriced, expires_at, capture FROM tokens";

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    let mut columns = Columns::of(row);
    Ok(TokenRow {
        id: columns.take()?,
        name: columns.take()?,
        hash: columns.take()?,
        last_four: columns.take()?,
        created_at: columns.take()?,
        last_used_at: columns.take()?,
        revoked_at: columns.take()?,
        paused_at: columns.take()?,
        limits: limits::read(&mut columns)?,
    })
}

impl Ledger {
    /// The tokens that are not revoked, oldest first.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let sql = format!("{SELECT} WHERE revoked_at IS NULL ORDER BY created_at, id");
        self.read(|c| Ok(all(c, &sql, [], read)?))
    }

    /// Every token there ever was, revoked ones included, oldest first.
    pub fn tokens_ever(&self) -> Result<Vec<TokenRow>, LedgerError> {
        let sql = format!("{SELECT} ORDER BY created_at, id");
        self.read(|c| Ok(all(c, &sql, [], read)?))
    }

    /// Adds a token.
    pub async fn add_token(&self, row: TokenRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO tokens (id, name, hash, last_four, created_at, last_used_at, revoked_at, paused_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    row.id,
                    row.name,
                    row.hash,
                    row.last_four,
                    row.created_at,
                    row.last_used_at,
                    row.revoked_at,
                    row.paused_at,
                ],
            )?;
            Ok(limits::write(c, &row.id, &row.limits).map(drop)?)
        })
        .await
    }

    /// Says anew what a live token may do.
    pub async fn limit_token(&self, id: &str, limits: TokenLimits) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(limits::write(c, &id, &limits)?)).await
    }

    /// Pauses a live token from a moment on, or lets it go on.
    pub async fn pause_token(&self, id: &str, paused_at: Option<i64>) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql = "UPDATE tokens SET paused_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
            touched(run(c, sql, params![id, paused_at])?)
        })
        .await
    }

    /// Revokes a token. The row stays, so that what it asked for keeps its name.
    pub async fn revoke_token(&self, id: &str, at: i64) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| {
            let sql = "UPDATE tokens SET revoked_at = coalesce(revoked_at, ?2) WHERE id = ?1";
            touched(run(c, sql, params![id, at])?)
        })
        .await
    }

    /// Notes that a token was used.
    pub fn tell_token_used(&self, id: &str, at: i64) {
        self.tell_used(Used::Token, id, at);
    }
}
