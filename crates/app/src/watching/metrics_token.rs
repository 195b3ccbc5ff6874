//! The token that opens `GET /metrics`.

use nexdesk_ledger::MetricsTokenRow;
use nexdesk_relay::token_hash;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::keys::random_secret;
use crate::problem::Problem;

/// The token that `GET /metrics` wants, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MetricsToken {
    /// By which people recognise it.
    pub last_four: String,
    /// Unix milliseconds.
    pub created_at: i64,
}

impl App {
    /// Makes the token that opens `GET /metrics`, in the place of the one before. It is shown this once.
    ///
    /// # Errors
    /// When the system has no randomness, or the ledger cannot be written.
    pub async fn create_metrics_token(&self) -> Result<String, Problem> {
        let secret = random_secret("nxm-")?;
        let row = MetricsTokenRow {
            hash: token_hash(&secret),
            last_four: secret[secret.len() - 4..].to_owned(),
            created_at: self.clock().unix_ms(),
        };
        self.ledger().keep_metrics_token(Some(row)).await?;
        self.relay().refresh()?;
        Ok(secret)
    }

    /// Takes it away: nothing is counted then, and there is nothing at `/metrics`.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn remove_metrics_token(&self) -> Result<(), Problem> {
        self.ledger().keep_metrics_token(None).await?;
        Ok(self.relay().refresh()?)
    }

    /// The token of `GET /metrics`, if there is one.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn metrics_token(&self) -> Result<Option<MetricsToken>, Problem> {
        let row = self.ledger().metrics_token()?;
        Ok(row.map(|row| MetricsToken {
            last_four: row.last_four,
            created_at: row.created_at,
        }))
    }
}
