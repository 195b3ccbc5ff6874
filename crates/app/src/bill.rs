//! What an exchange was charged by: each thing that was counted, and the price that stood beside it in the ledger.

use nexdesk_ledger::ExchangeRow;
use nexdesk_pricing::{Price, Source};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::App;
use crate::problem::Problem;

/// What a line of a bill is for, and with it what its price is for: a million tokens or characters, or one of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Billed {
    /// Fresh input.
    Input,
    /// Input read from a prompt cache.
    Cached,
    /// Input written to a prompt cache.
    CacheWrite,
    /// Output, reasoning included.
    Output,
    /// Sound that goes in.
    AudioIn,
    /// Sound that comes out.
    AudioOut,
    /// Pictures that go in, by the token.
    ImageIn,
    /// Pictures that come out, by the token.
    ImageOut,
    /// Pictures made, each.
    Pictures,
    /// Characters read aloud.
    Characters,
    /// Seconds of sound or film; the count is in milliseconds.
    Seconds,
    /// Calls, each.
    Requests,
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// The gateway's own list.
    Gateway,
    /// The multipliers of the gateway's documentation.
    Multipliers,
    /// The person's own figure.
    User,
    /// It runs on this computer.
    Free,
}

/// One thing that is counted, priced, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BillLine {
    /// What.
    pub what: Billed,
    /// How many, where that was counted.
    pub count: Option<u64>,
    /// Nano-dollars, where there is a price.
    pub nano: Option<i64>,
}

/// What an exchange was charged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Bill {
    /// Where the price comes from; null where none was known.
    pub source: Option<PriceSource>,
    /// What was counted or has a price.
    pub lines: Vec<BillLine>,
}

impl App {
    /// What an exchange was charged by.
    ///
    /// # Errors
    /// When there is none of this id.
    pub fn bill(&self, exchange: &str) -> Result<Bill, Problem> {
        let row = self.ledger().exchange(exchange)?;
        let row = row.ok_or_else(|| Problem::not_found("such exchange"))?;
        Ok(Bill::from(&row))
    }
}

impl From<&ExchangeRow> for Bill {
    fn from(row: &ExchangeRow) -> Self {
        let price: Option<Price> = row
            .price
            .as_deref()
            .and_then(|kept| serde_json::from_str(kept).ok());
        let unit = |name: &str| row.units.as_ref().and_then(|units| units.get(name)?.as_u64());
        let at = |amount: fn(&Price) -> Option<i64>| price.as_ref().and_then(amount);
        let line = |what, count, nano| BillLine { what, count, nano };
        // A price by the token is said where tokens are; one of nothing for what is billed by the piece says nothing.
        let text = |amount: fn(&Price) -> i64, count: Option<u64>| {
            let amount = price.as_ref().map(amount);
            amount.filter(|nano| *nano != 0 || count.is_some())
        };
        let lines = [
            line(Billed::Input, row.input, text(|price| price.input, row.input)),
            line(Billed::Cached, row.cached, at(|price| price.cached)),
            line(
                Billed::CacheWrite,
                unit("cache_write"),
                at(|price| price.cache_write),
            ),
            line(Billed::Output, row.output, text(|price| price.output, row.output)),
            line(Billed::AudioIn, unit("audio_in"), at(|price| price.audio_in)),
            line(Billed::AudioOut, unit("audio_out"), at(|price| price.audio_out)),
            line(Billed::ImageIn, unit("image_in"), at(|price| price.image_in)),
            line(Billed::ImageOut, unit("image_out"), at(|price| price.image_out)),
            line(Billed::Pictures, unit("images"), at(|price| price.picture)),
            line(
                Billed::Characters,
                unit("characters"),
                at(|price| price.characters),
            ),
            line(Billed::Seconds, unit("milliseconds"), at(|price| price.second)),
            line(Billed::Requests, unit("requests"), at(|price| price.request)),
        ];
        let said = |line: &BillLine| line.count.is_some() || line.nano.is_some();
        Self {
            source: price.map(|price| price.source.into()),
            lines: lines.into_iter().filter(said).collect(),
        }
    }
}

impl From<Source> for PriceSource {
    fn from(source: Source) -> Self {
        match source {
            Source::Gateway => Self::Gateway,
            Source::Multipliers => Self::Multipliers,
            Source::User => Self::User,
            Source::Free => Self::Free,
        }
    }
}
