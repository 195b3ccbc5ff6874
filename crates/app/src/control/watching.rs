//! Orders about looking on: one exchange with all that was kept of it, and the secrets of those who want figures.

use serde::{Deserialize, Serialize};

use super::{Reply, Secret};
use crate::App;
use crate::problem::Problem;
use crate::usage::Exchange;
use crate::watching::Captured;

/// One order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "watching", rename_all = "snake_case")]
pub enum WatchingOrder {
    /// Shows an exchange.
    Exchange {
        /// Its id.
        id: String,
    },
    /// Makes the token that opens `GET /metrics`, or takes it away.
    MetricsToken {
        /// Whether it is taken away.
        remove: bool,
    },
    /// Keeps what the collector's header says.
    CollectorSecret {
        /// What it says; nothing removes it.
        secret: Secret,
    },
}

/// What came of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "watching", content = "data", rename_all = "snake_case")]
pub enum WatchingReply {
    /// An exchange, and what was kept of it.
    Exchange(Box<Exchange>, Box<Captured>),
    /// The token, this once.
    MetricsToken(Secret),
}

impl App {
    pub(super) async fn obey_watching(&self, order: WatchingOrder) -> Result<Reply, Problem> {
        let reply = match order {
            WatchingOrder::Exchange { id } => {
                // What has just ended may still be on its way.
                self.ledger().flush().await?;
                let id = id.trim();
                WatchingReply::Exchange(Box::new(self.exchange(id)?), Box::new(self.captured(id)?))
            }
            WatchingOrder::MetricsToken { remove: true } => {
                self.remove_metrics_token().await?;
                return Ok(Reply::Done);
            }
            WatchingOrder::MetricsToken { remove: false } => {
                WatchingReply::MetricsToken(Secret(self.create_metrics_token().await?))
            }
            WatchingOrder::CollectorSecret {
                secret: Secret(secret),
            } => {
                self.keep_collector_secret(secret).await?;
                return Ok(Reply::Done);
            }
        };
        Ok(Reply::Watching(Box::new(reply)))
    }
}
