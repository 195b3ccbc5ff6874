//! The lists for people: one function per noun, one line per thing.

mod keys;
mod tokens;

use nexdesk_app::ProblemCode;
use nexdesk_app::figures::Basis;
use nexdesk_app::keys::{Model, ModelKind};
use nexdesk_app::usage::{Exchange, Outcome};

use super::Table;
use super::figures::{UNKNOWN, cost, dollars, duration, moment, tokens as tokens_of};
pub(super) use keys::{checks, ends, gateways, keys};
pub(super) use tokens::tokens_made;

pub(super) fn models(rows: &[Model]) -> String {
    let mut table = Table::new(&["MODEL", "KIND", ">IN, PER M", ">OUT, PER M"]);
    for row in rows {
        let kind = match row.kind {
            ModelKind::Chat => "chat",
            ModelKind::Image => "image",
            ModelKind::Speech => "speech",
            ModelKind::Transcription => "transcription",
            ModelKind::Video => "video",
            ModelKind::Embedding => "embedding",
            ModelKind::Rerank => "rerank",
            ModelKind::Moderation => "moderation",
            ModelKind::Other => UNKNOWN,
        };
        let amount = |nano| match (row.free, &row.price) {
            (true, _) => "free".to_owned(),
            (false, None) => UNKNOWN.to_owned(),
            (false, Some(price)) if price.basis == Basis::Estimated => format!("≈{}", dollars(nano)),
            (false, Some(_)) => dollars(nano),
        };
        let (input, output) = row.price.map_or((0, 0), |price| (price.input, price.output));
        table.row([row.id.clone(), kind.into(), amount(input), amount(output)]);
    }
    table.text()
}

pub(super) fn usage(rows: &[Exchange]) -> String {
    let mut table = Table::new(&[
        "BEGAN", "CALLER", "MODEL", "GATEWAY", ">IN", ">OUT", ">COST", ">FIRST", ">TOOK", "END",
    ]);
    for row in rows {
        let model = row.model_answered.as_ref().unwrap_or(&row.model_asked);
        table.row([
            moment(Some(row.started_at)),
            row.caller.clone(),
            model.clone(),
            row.gateway.clone().unwrap_or_else(|| UNKNOWN.into()),
            tokens_of(row.tokens.input, row.tokens.basis),
            tokens_of(row.tokens.output, row.tokens.basis),
            cost(row.cost),
            duration(row.first_token_ms),
            duration(row.took_ms),
            end(row),
        ]);
    }
    table.text()
}

fn end(row: &Exchange) -> String {
    let outcome = match row.outcome {
        Outcome::Running => "running",
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
        Outcome::Interrupted => "interrupted",
    };
    row.code
        .map_or_else(|| outcome.into(), |code| format!("{outcome}: {}", words(code)))
}

/// The code as the window and `--json` spell it, in words.
pub(super) fn words(code: ProblemCode) -> String {
    let word = serde_json::to_value(code).ok();
    word.as_ref()
        .and_then(|word| word.as_str())
        .unwrap_or_default()
        .replace('_', " ")
}
