//! What upstreams were found not to take: one parameter of one model at one gateway a row.

use rusqlite::{Row, params};

use super::{Columns, all, run, touched};
use crate::{Ledger, LedgerError};

/// A parameter that is left out, or goes by another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompatRow {
    /// The gateway's id.
    pub gateway: String,
    /// As the gateway calls the model; empty for requests that name none.
    pub model: String,
    /// The parameter, with dots where it stands deeper: `stream_options.include_usage`.
    pub parameter: String,
    /// The name it goes by there; none where it is left out.
    pub becomes: Option<String>,
    /// What the gateway said.
    pub said: String,
    /// When that was.
    pub learned_at: i64,
}

fn read(row: &Row<'_>) -> rusqlite::Result<CompatRow> {
    let mut columns = Columns::of(row);
    Ok(CompatRow {
        gateway: columns.take()?,
        model: columns.take()?,
        parameter: columns.take()?,
        becomes: columns.take()?,
        said: columns.take()?,
        learned_at: columns.take()?,
    })
}

impl Ledger {
    /// Everything learned, by gateway and model.
    pub fn compat(&self) -> Result<Vec<CompatRow>, LedgerError> {
        const SELECT: &str = "SELECT gateway, model, parameter, becomes, said, learned_at FROM compat
            ORDER BY gateway, model, parameter";
        self.read(|c| Ok(all(c, SELECT, [], read)?))
    }

    /// Notes what was learned.
    pub fn tell_compat(&self, row: CompatRow) {
        self.tell(move |c| {
            run(
                c,
                // The gateway may be gone by the time this is written.
                "REPLACE INTO compat (gateway, model, parameter, becomes, said, learned_at)
                 SELECT id, ?2, ?3, ?4, ?5, ?6 FROM gateways WHERE id = ?1",
                params![
                    row.gateway,
                    row.model,
                    row.parameter,
                    row.becomes,
                    row.said,
                    row.learned_at
                ],
            )
            .map(drop)
        });
    }

    /// Forgets one thing learned: the parameter is sent again.
    pub async fn remove_compat(
        &self,
        gateway: &str,
        model: &str,
        parameter: &str,
    ) -> Result<(), LedgerError> {
        let (gateway, model, parameter) = (gateway.to_owned(), model.to_owned(), parameter.to_owned());
        self.ask(move |c| {
            let sql = "DELETE FROM compat WHERE gateway = ?1 AND model = ?2 AND parameter = ?3";
            touched(run(c, sql, params![gateway, model, parameter])?)
        })
        .await
    }
}
