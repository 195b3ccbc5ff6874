//! The gateways a person has set up.

use rusqlite::{Connection, ErrorCode, Row, params};

use super::{Columns, all, first, run};
use crate::{Ledger, LedgerError};

/// A gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayRow {
    /// Its id.
    pub id: String,
    /// Its name, unique whatever the case.
    pub name: String,
    /// The catalogue row it was made from.
    pub preset: String,
    /// Where it answers.
    pub base_url: String,
    /// When it was added.
    pub created_at: i64,
    /// When its models were last fetched.
    pub models_fetched_at: Option<i64>,
    /// What last went wrong with it, as JSON.
    pub last_problem: Option<String>,
}

const SELECT: &str =
    "SELECT id, name, preset, base_url, created_at, models_fetched_at, last_problem FROM gateways";

fn read(row: &Row<'_>) -> rusqlite::Result<GatewayRow> {
    let mut columns = Columns::of(row);
    Ok(GatewayRow {
        id: columns.take()?,
        name: columns.take()?,
        preset: columns.take()?,
        base_url: columns.take()?,
        created_at: columns.take()?,
        models_fetched_at: columns.take()?,
        last_problem: columns.take()?,
    })
}

impl Ledger {
    /// All gateways, oldest first.
    pub fn gateways(&self) -> Result<Vec<GatewayRow>, LedgerError> {
        self.read(|c| Ok(all(c, &format!("{SELECT} ORDER BY created_at, id"), [], read)?))
    }

    /// One gateway.
    pub fn gateway(&self, id: &str) -> Result<Option<GatewayRow>, LedgerError> {
        self.read(|c| Ok(first(c, &format!("{SELECT} WHERE id = ?1"), [id], read)?))
    }

    /// Adds a gateway or changes the one with this id.
    pub async fn put_gateway(&self, row: GatewayRow) -> Result<(), LedgerError> {
        self.ask(move |c| put(c, &row)).await
    }

    /// Removes a gateway with its keys and models. What it answered stays on record.
    pub async fn remove_gateway(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| Ok(run(c, "DELETE FROM gateways WHERE id = ?1", [id]).map(drop)?))
            .await
    }
}

fn put(connection: &Connection, row: &GatewayRow) -> Result<(), LedgerError> {
    let written = run(
        connection,
        "INSERT INTO gateways (id, name, name_folded, preset, base_url, created_at, models_fetched_at, last_problem)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_folded = excluded.name_folded,
            preset = excluded.preset, base_url = excluded.base_url, created_at = excluded.created_at,
            models_fetched_at = excluded.models_fetched_at, last_problem = excluded.last_problem",
        params![
            row.id,
            row.name,
            row.name.trim().to_lowercase(),
            row.preset,
            row.base_url,
            row.created_at,
            row.models_fetched_at,
            row.last_problem,
        ],
    );
    match written {
        // The folded name is the only constraint a whole row can break.
        Err(cause) if cause.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(LedgerError::NameTaken {
                name: row.name.clone(),
            })
        }
        outcome => Ok(outcome.map(drop)?),
    }
}
