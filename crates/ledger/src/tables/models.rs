//! The models each gateway offers, as last fetched.

use nexdesk_pricing::Price;
use rusqlite::{Row, params};
use serde_json::Value;

use super::{Columns, all, run, touched};
use crate::{Ledger, LedgerError};

/// A model of a gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelRow {
    /// The gateway's id.
    pub gateway: String,
    /// The name to ask for.
    pub name: String,
    /// What it makes: chat, image, …
    pub kind: String,
    /// What it costs, where that is known.
    pub price: Option<Price>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<ModelRow> {
    let mut columns = Columns::of(row);
    Ok(ModelRow {
        gateway: columns.take()?,
        name: columns.take()?,
        kind: columns.take()?,
        // A price from before its shape changed is fetched anew rather than misread.
        price: columns
            .take::<Option<Value>>()?
            .and_then(|price| serde_json::from_value(price).ok()),
    })
}

impl Ledger {
    /// The models of one gateway, or of all, by name.
    pub fn models(&self, gateway: Option<&str>) -> Result<Vec<ModelRow>, LedgerError> {
        const SELECT: &str = "SELECT gateway, name, kind, price FROM models";
        self.read(|c| match gateway {
            Some(id) => Ok(all(
                c,
                &format!("{SELECT} WHERE gateway = ?1 ORDER BY name"),
                [id],
                read,
            )?),
            None => Ok(all(c, &format!("{SELECT} ORDER BY gateway, name"), [], read)?),
        })
    }

    /// Puts a freshly fetched list in the place of the one before. The rows' own gateway is not looked at.
    pub async fn replace_models(
        &self,
        gateway: &str,
        rows: Vec<ModelRow>,
        fetched_at: i64,
    ) -> Result<(), LedgerError> {
        let gateway = gateway.to_owned();
        self.ask(move |c| {
            let fetched = "UPDATE gateways SET models_fetched_at = ?2 WHERE id = ?1";
            touched(run(c, fetched, params![gateway, fetched_at])?)?;
            run(c, "DELETE FROM models WHERE gateway = ?1", [&gateway])?;
            for row in &rows {
                // Some gateways list a model twice; the later entry stands.
                run(
                    c,
                    "REPLACE INTO models (gateway, name, kind, price) VALUES (?1, ?2, ?3, ?4)",
                    params![
                        gateway,
                        row.name,
                        row.kind,
                        row.price.and_then(|price| serde_json::to_value(price).ok())
                    ],
                )?;
            }
            Ok(())
        })
        .await
    }
}
