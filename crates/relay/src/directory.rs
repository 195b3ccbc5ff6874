//! Who may ask and who can answer: tokens, gateways, keys, models and prices, as one snapshot that requests share.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use http::HeaderValue;
use nexdesk_ledger::{KeyState, Ledger, LedgerError};
use nexdesk_pricing::Price;
use nexdesk_upstream::{Base, Provider, provider};
use percent_encoding::{CONTROLS, utf8_percent_encode};
use smol_str::SmolStr;

use crate::routes::Route;
use crate::token::Tokens;

#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) tokens: Tokens,
    /// Oldest first, the sandbox last: it answers what nobody else does.
    pub(crate) gateways: Vec<Arc<Gateway>>,
    /// Those that are switched on, in their person's order.
    pub(crate) routes: Vec<Arc<Route>>,
}

#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) slug: String,
    pub(crate) label: Label,
    pub(crate) base: Base,
    pub(crate) provider: &'static Provider,
    pub(crate) keys: Vec<KeyEntry>,
    pub(crate) models: Vec<ModelEntry>,
}

#[derive(Debug)]
pub(crate) struct KeyEntry {
    pub(crate) id: String,
    pub(crate) label: Label,
    /// Its share beside the other keys'.
    pub(crate) weight: u32,
    pub(crate) enabled: bool,
    /// Answers that nobody hears any more are read to their end, for the exact bill.
    pub(crate) reads_on: bool,
    /// How it stood when the ledger was read; the keyring knows better once it was used.
    pub(crate) state: KeyState,
}

#[derive(Debug)]
pub(crate) struct ModelEntry {
    pub(crate) name: String,
    /// With its written form, which stands in every row: it is written once.
    pub(crate) price: Option<(Price, Arc<str>)>,
}

/// What rows, and the heads of answers, say of a gateway or key. Made once, it is in every one of them for nothing.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) id: SmolStr,
    pub(crate) name: SmolStr,
    pub(crate) header: Option<HeaderValue>,
}

impl Label {
    pub(crate) fn of(id: &str, name: &str) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            header: as_header(name),
        }
    }
}

/// A name as a header. Names are of any script; headers are not.
pub(crate) fn as_header(name: &str) -> Option<HeaderValue> {
    let plain: Cow<'_, str> = utf8_percent_encode(name, CONTROLS).into();
    HeaderValue::from_str(&plain).ok()
}

impl Directory {
    pub(crate) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let tokens = Tokens::read(ledger)?;
        let mut gateways = Vec::new();
        for row in ledger.gateways()? {
            let Some(provider) = provider(&row.preset) else {
                continue;
            };
            let keys = ledger.keys(Some(&row.id))?;
            let models = ledger.models(Some(&row.id))?;
            gateways.push(Arc::new(Gateway {
                slug: slug(&row.name),
                label: Label::of(&row.id, &row.name),
                base: Base::stored(&row.base_url),
                provider,
                keys: keys
                    .into_iter()
                    .map(|key| KeyEntry {
                        label: Label::of(&key.id, &key.name),
                        id: key.id,
                        weight: key.weight,
                        enabled: key.enabled,
                        reads_on: key.reads_on,
                        state: key.state,
                    })
                    .collect(),
                models: models
                    .into_iter()
                    .map(|m| ModelEntry {
                        name: m.name,
                        price: m.price.map(written),
                    })
                    .collect(),
                id: row.id,
                name: row.name,
            }));
        }
        gateways.sort_by_key(|gateway| gateway.provider.id == "sandbox");
        let routes = ledger.routes()?.into_iter().filter(|route| route.enabled);
        Ok(Self {
            tokens,
            gateways,
            routes: routes.map(|row| Arc::new(Route::new(row))).collect(),
        })
    }
}

impl Directory {
    pub(crate) fn gateway(&self, id: &str) -> Option<&Arc<Gateway>> {
        self.gateways.iter().find(|gateway| gateway.id == id)
    }
}

impl Gateway {
    pub(crate) fn offers(&self, model: &str) -> bool {
        self.models.iter().any(|entry| entry.name == model)
    }

    pub(crate) fn price(&self, model: &str) -> Option<Price> {
        self.priced(model).map(|(price, _)| *price)
    }

    /// The price of a model, and how it is written down.
    pub(crate) fn priced(&self, model: &str) -> Option<&(Price, Arc<str>)> {
        static FREE: LazyLock<(Price, Arc<str>)> = LazyLock::new(|| written(Price::FREE));
        if self.provider.prices == nexdesk_upstream::Prices::Free {
            return Some(&FREE);
        }
        self.models
            .iter()
            .find(|entry| entry.name == model)?
            .price
            .as_ref()
    }
}

fn written(price: Price) -> (Price, Arc<str>) {
    let text = serde_json::to_string(&price).unwrap_or_default();
    (price, text.into())
}

/// A gateway's name as it stands in front of a model: `Nexconn-AI` → `nexconn-ai`. Letters of any script stay.
#[must_use]
pub fn slug(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}
