//! Who may ask and who can answer: tokens, gateways, keys, models and prices, as one snapshot that requests share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nexdesk_ledger::{Ledger, LedgerError};
use nexdesk_pricing::Price;
use nexdesk_upstream::{Base, Provider, provider};
use sha2::{Digest, Sha256};

#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) tokens: HashMap<Vec<u8>, Arc<Token>>,
    /// Oldest first, the sandbox last: it answers what nobody else does.
    pub(crate) gateways: Vec<Arc<Gateway>>,
}

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) id: String,
    pub(crate) name: String,
    told_at: AtomicI64,
}

impl Token {
    /// Whether its use is worth writing down again: a busy tool asks a hundred times a second.
    pub(crate) fn is_news(&self, now: i64) -> bool {
        let is_news = now - self.told_at.load(Ordering::Relaxed) >= 10_000;
        if is_news {
            self.told_at.store(now, Ordering::Relaxed);
        }
        is_news
    }
}

#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) base: Base,
    pub(crate) provider: &'static Provider,
    pub(crate) keys: Vec<KeyEntry>,
    pub(crate) models: Vec<ModelEntry>,
}

#[derive(Debug)]
pub(crate) struct KeyEntry {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug)]
pub(crate) struct ModelEntry {
    pub(crate) name: String,
    pub(crate) price: Option<Price>,
}

impl Directory {
    pub(crate) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let tokens = ledger
            .tokens()?
            .into_iter()
            .map(|row| {
                (
                    row.hash,
                    Arc::new(Token {
                        id: row.id,
                        name: row.name,
                        told_at: AtomicI64::new(0),
                    }),
                )
            })
            .collect();
        let mut gateways = Vec::new();
        for row in ledger.gateways()? {
            let Some(provider) = provider(&row.preset) else {
                continue;
            };
            let keys = ledger.keys(Some(&row.id))?;
            let models = ledger.models(Some(&row.id))?;
            gateways.push(Arc::new(Gateway {
                slug: slug(&row.name),
                base: Base::stored(&row.base_url),
                provider,
                keys: keys
                    .into_iter()
                    .map(|key| KeyEntry {
                        id: key.id,
                        name: key.name,
                    })
                    .collect(),
                models: models
                    .into_iter()
                    .map(|m| ModelEntry {
                        name: m.name,
                        price: m.price,
                    })
                    .collect(),
                id: row.id,
                name: row.name,
            }));
        }
        gateways.sort_by_key(|gateway| gateway.provider.id == "sandbox");
        Ok(Self { tokens, gateways })
    }
}

impl Gateway {
    pub(crate) fn offers(&self, model: &str) -> bool {
        self.models.iter().any(|entry| entry.name == model)
    }

    pub(crate) fn price(&self, model: &str) -> Option<Price> {
        if self.provider.prices == nexdesk_upstream::Prices::Free {
            return Some(Price::FREE);
        }
        self.models.iter().find(|entry| entry.name == model)?.price
    }
}

/// A gateway's name as it stands in front of a model: `Nexconn-AI` → `nexconn-ai`. Letters of any script stay.
#[must_use]
pub fn slug(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// What is kept of a local token. It has 190 random bits, so one round of a fast hash is enough.
#[must_use]
pub fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
