//! Aliases and fallback chains: which models of which gateways a name stands for.

use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Columns, all, run, touched};
use crate::words::words;
use crate::{Ledger, LedgerError};

words! {
    /// Which target of a route comes first.
    pub enum Strategy {
        /// As they stand.
        Order = "order",
        /// The one with the lowest price.
        Cheapest = "cheapest",
        /// The one whose first word came soonest of late.
        Fastest = "fastest",
        /// Each as often as its weight says.
        Weighted = "weighted",
    }
}

/// Where a route may lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTarget {
    /// The gateway's id; none for every gateway that offers the model.
    pub gateway: Option<String>,
    /// What the gateway calls it. Empty for the name that was asked; a `*` stands for what the pattern's `*` stood for.
    pub model: String,
    /// Its share, where shares count.
    pub weight: u32,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteRow {
    /// Its id.
    pub id: String,
    /// Names it is for; `*` stands for any characters.
    pub pattern: String,
    /// The local token it is for; none for everybody.
    pub token: Option<String>,
    /// Which target comes first.
    pub strategy: Strategy,
    /// Where it may lead.
    pub targets: Vec<RouteTarget>,
    /// Whether it is followed.
    pub enabled: bool,
}

fn read(row: &Row<'_>) -> rusqlite::Result<RouteRow> {
    let mut columns = Columns::of(row);
    Ok(RouteRow {
        id: columns.take()?,
        pattern: columns.take()?,
        token: columns.take()?,
        strategy: columns.take()?,
        // Targets of a later version's shape are left out: the route then leads nowhere, and says so.
        targets: serde_json::from_value(columns.take::<Value>()?).unwrap_or_default(),
        enabled: columns.take()?,
    })
}

impl Ledger {
    /// Every route, in the order they are looked at.
    pub fn routes(&self) -> Result<Vec<RouteRow>, LedgerError> {
        const SELECT: &str =
            "SELECT id, pattern, token_id, strategy, targets, enabled FROM routes ORDER BY position, id";
        self.read(|c| Ok(all(c, SELECT, [], read)?))
    }

    /// Adds a route behind all others, or changes the one with this id where it stands.
    pub async fn put_route(&self, row: RouteRow) -> Result<(), LedgerError> {
        self.ask(move |c| {
            run(
                c,
                "INSERT INTO routes (id, position, pattern, token_id, strategy, targets, enabled)
                 VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM routes), ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET pattern = excluded.pattern, token_id = excluded.token_id,
                    strategy = excluded.strategy, targets = excluded.targets, enabled = excluded.enabled",
                params![
                    row.id,
                    row.pattern,
                    row.token,
                    row.strategy,
                    serde_json::to_value(&row.targets).unwrap_or_default(),
                    row.enabled,
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// Removes a route.
    pub async fn remove_route(&self, id: &str) -> Result<(), LedgerError> {
        let id = id.to_owned();
        self.ask(move |c| touched(run(c, "DELETE FROM routes WHERE id = ?1", [id])?))
            .await
    }

    /// Puts the routes into this order. Those not named keep their order behind them.
    pub async fn order_routes(&self, ids: Vec<String>) -> Result<(), LedgerError> {
        self.ask(move |c| {
            // From the last to the first, each before all others.
            for id in ids.iter().rev() {
                let sql = "UPDATE routes SET position = (SELECT min(position) FROM routes) - 1 WHERE id = ?1";
                run(c, sql, [id])?;
            }
            Ok(())
        })
        .await
    }
}
