//! What a job comes to: by what the gateway counted where it did, else by what was ordered.

use nexdesk_ledger::{JobRow, JobState, Submission};
use nexdesk_pricing::{Money, Price};
use nexdesk_protocol::talk::{Basis, Usage};
use serde_json::Value;

/// What a job used, and what that costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bill {
    pub(crate) usage: Usage,
    pub(crate) cost: Option<Money>,
    pub(crate) basis: Basis,
}

impl Bill {
    /// As far as is known now: of a job that goes on, what it will cost when it is done. What failed costs nothing
    /// (`reference/gateways.md` §2: gateways give back what they took); what is in doubt may well be charged.
    pub(crate) fn of(job: &JobRow, price: Option<&Price>) -> Self {
        let failed = matches!(job.state, JobState::Failed | JobState::Cancelled);
        if failed && job.submission != Submission::Unknown {
            return Self {
                usage: Usage::default(),
                cost: price.map(|_| Money::ZERO),
                basis: Basis::Estimated,
            };
        }
        let usage = used(job);
        let price = price.map(|price| multiplied(price, job));
        let (cost, basis) = Price::settle(price.as_ref(), &usage);
        Self { usage, cost, basis }
    }

    pub(crate) fn tokens(&self) -> u64 {
        self.usage.input.unwrap_or(0) + self.usage.output.unwrap_or(0)
    }
}

fn used(job: &JobRow) -> Usage {
    let told = |name: &str| job.billing.as_ref()?.get(name);
    let tokens = |names: [&str; 2]| names.into_iter().find_map(|name| told(name)?.as_u64());
    let input = tokens(["prompt_tokens", "input_tokens"]);
    let output = tokens(["completion_tokens", "output_tokens"]).or_else(|| match input {
        Some(input) => Some(told("total_tokens")?.as_u64()?.saturating_sub(input)),
        None => told("total_tokens")?.as_u64(),
    });
    let ordered = |name: &str| job.request.get(name).and_then(number);
    let is_film = job.interface == "video";
    let seconds = told("seconds").and_then(number).or_else(|| ordered("seconds"));
    let pictures = match job.files.len() as u64 {
        0 => ordered("n").map_or(1, |n| n as u64),
        made => made,
    };
    Usage {
        input,
        output,
        images: (!is_film).then_some(pictures),
        milliseconds: seconds
            .filter(|_| is_film)
            .map(|seconds| (seconds * 1000.0).round() as u64),
        requests: Some(1),
        basis: if output.is_some() {
            Basis::Reported
        } else {
            Basis::Estimated
        },
        ..Usage::default()
    }
}

/// new-api's price of a film is multiplied by what its answer names: seconds, size, resolution.
fn multiplied(price: &Price, job: &JobRow) -> Price {
    let Some(Value::Object(ratios)) = job.billing.as_ref().filter(|_| job.family == "new-api") else {
        return *price;
    };
    let is_by_the_second = price.second.is_some();
    let ratios = ratios
        .iter()
        .filter(|(name, _)| !(is_by_the_second && *name == "seconds"));
    ratios.fold(*price, |price, (_, ratio)| match ratio {
        Value::Number(ratio) => price.times(&ratio.to_string()).unwrap_or(price),
        _ => price,
    })
}

/// `8`, `"8"`, `"8s"`.
fn number(said: &Value) -> Option<f64> {
    let number = match said {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().trim_end_matches('s').parse().ok()?,
        _ => return None,
    };
    (number > 0.0 && number < 1e6).then_some(number)
}
