//! What an answer took: one exchange, or several where it called tools or was continued, summed.

use nexdesk_ledger::{ExchangeRow, MessageRow, Outcome};
use serde_json::Value;

use super::Receipt;
use crate::App;
use crate::figures::{Basis, Cost, TokenCounts};

impl App {
    /// The receipt of an answer as it is kept and shown, and with it what its last request filled of the model's
    /// context: of several requests each holds the ones before it.
    pub(super) fn receipt_of(&self, answer: &str, last: Option<&str>) -> Option<(Receipt, Value)> {
        let mut rows = self.ledger().exchanges_of(answer).unwrap_or_default();
        // One that was told late does not name its message.
        if let Some(last) = last.filter(|last| !rows.iter().any(|row| *row.id == **last)) {
            rows.extend(self.ledger().exchange(last).ok().flatten());
        }
        rows.retain(|row| row.took_ms.is_some());
        let receipt = Receipt::sum(&rows)?;
        let mut kept = serde_json::to_value(&receipt).unwrap_or_default();
        let context = rows
            .iter()
            .rev()
            .find_map(|row| Some(row.input? + row.output.unwrap_or_default()));
        kept["context"] = context.into();
        Some((receipt, kept))
    }
}

/// What an answer has filled of the model's context.
pub(super) fn context(row: &MessageRow) -> Option<u64> {
    let receipt = row.receipt.as_ref()?;
    let of = |name: &str| receipt.get("tokens")?.get(name)?.as_u64();
    let last = receipt.get("context").and_then(Value::as_u64);
    last.or_else(|| Some(of("input")? + of("output").unwrap_or_default()))
}

impl Receipt {
    fn sum(rows: &[ExchangeRow]) -> Option<Receipt> {
        let each: Vec<Receipt> = rows.iter().map(Receipt::of).collect();
        let mut whole = each.last()?.clone();
        if each.len() == 1 {
            return Some(whole);
        }
        whole.tokens = each.iter().map(|one| one.tokens).reduce(tokens)?;
        // What was refused cost nothing; an answer whose price nobody knows makes the sum a guess.
        let unknown = |row: &ExchangeRow| row.cost_nano.is_none() && row.outcome == Outcome::Ok;
        let guessed = |one: &Receipt| one.cost.nano.is_some() && one.cost.basis == Basis::Estimated;
        whole.cost = Cost {
            nano: each
                .iter()
                .filter_map(|one| one.cost.nano)
                .reduce(i64::saturating_add),
            basis: match rows.iter().any(unknown) || each.iter().any(guessed) {
                true => Basis::Estimated,
                false => Basis::Reported,
            },
        };
        whole.first_token_ms = each.iter().find_map(|one| one.first_token_ms);
        whole.took_ms = each.iter().map(|one| one.took_ms).sum();
        let speed = each
            .iter()
            .filter_map(|one| Some((one.tokens.output?, one.tokens_per_second?)));
        // Token counts of one answer fit a float exactly.
        #[expect(clippy::cast_precision_loss, reason = "a rate shown to people")]
        let spoken = speed
            .map(|(output, rate)| (output as f64, output as f64 / rate))
            .reduce(|(output, seconds), (more, longer)| (output + more, seconds + longer));
        whole.tokens_per_second = spoken.map(|(output, seconds)| output / seconds);
        Some(whole)
    }
}

fn tokens(one: TokenCounts, other: TokenCounts) -> TokenCounts {
    let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    };
    TokenCounts {
        input: sum(one.input, other.input),
        cached: sum(one.cached, other.cached),
        output: sum(one.output, other.output),
        reasoning: sum(one.reasoning, other.reasoning),
        basis: match (one.basis, other.basis) {
            (Basis::Reported, Basis::Reported) => Basis::Reported,
            _ => Basis::Estimated,
        },
    }
}
