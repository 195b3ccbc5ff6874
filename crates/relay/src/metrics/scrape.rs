//! The figures as a Prometheus reads them, written when it looks.

use std::collections::HashMap;
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::{Gateway, Spent, Timed};
use crate::Map;
use crate::Relay;
use crate::histogram::Histogram;

/// What `encode` writes.
pub(super) const CONTENT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels<'a> = Vec<(&'static str, &'a str)>;

/// Everything there is to say at one moment.
#[derive(Debug)]
struct Scrape {
    gateways: Map<String, Gateway>,
    refusals: Map<String, u64>,
    retried: u64,
    failed_over: u64,
    streaming: usize,
    waiting: usize,
    unreported: u64,
    keys: Vec<(String, &'static str, i64)>,
    by_model: bool,
}

pub(super) fn of(relay: &Relay) -> Option<String> {
    let watching = &relay.0.watching;
    let (retried, failed_over) = watching.counts.retried();
    let (gateways, refusals) = {
        let sums = watching.metrics.sums();
        (sums.gateways.clone(), sums.refusals.clone())
    };
    let scrape = Scrape {
        gateways,
        refusals,
        retried,
        failed_over,
        streaming: relay.load().streaming,
        waiting: relay.0.ledger.waiting(),
        unreported: relay.figures().unreported,
        keys: keys(relay),
        by_model: watching
            .metrics
            .by_model
            .load(std::sync::atomic::Ordering::Relaxed),
    };
    let mut registry = Registry::with_prefix("nexdesk");
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    encode(&mut text, &registry).ok().map(|()| text)
}

/// How many keys of each gateway stand how. No key is named.
fn keys(relay: &Relay) -> Vec<(String, &'static str, i64)> {
    let (directory, now) = (relay.0.directory.load(), relay.0.clock.instant());
    let mut found = Vec::new();
    for gateway in &directory.gateways {
        let mut states: HashMap<&'static str, i64> = HashMap::new();
        for word in relay.0.keyring.words(gateway, now) {
            *states.entry(word).or_default() += 1;
        }
        found.extend(
            states
                .into_iter()
                .map(|(word, count)| (gateway.name.clone(), word, count)),
        );
    }
    found
}

impl Collector for Scrape {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        self.exchanges(&mut encoder)?;
        self.spending(&mut encoder)?;
        self.times(&mut encoder)?;
        self.state(&mut encoder)
    }
}

impl Scrape {
    fn exchanges(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut rows = Vec::new();
        for (gateway, sums) in &self.gateways {
            for counted in &sums.counted {
                let status = counted
                    .status
                    .map(|status| status.to_string())
                    .unwrap_or_default();
                rows.push((gateway, counted, status));
            }
        }
        let rows = rows.iter().map(|(gateway, counted, status)| {
            let labels = vec![
                ("interface", counted.interface.as_str()),
                ("gateway", gateway.as_str()),
                ("outcome", counted.outcome.as_str()),
                ("status", status.as_str()),
            ];
            (labels, counted.requests)
        });
        counters(encoder, "requests", "Exchanges that have ended", rows)?;
        let refusals = self
            .refusals
            .iter()
            .map(|(code, count)| (vec![("code", code.as_str())], *count));
        counters(
            encoder,
            "refusals",
            "Requests refused by the relay itself; budget_exhausted is a budget",
            refusals,
        )?;
        counters(
            encoder,
            "retries",
            "Attempts after the first at the same gateway",
            [(vec![], self.retried)].into_iter(),
        )?;
        counters(
            encoder,
            "failovers",
            "Attempts after the first at another gateway",
            [(vec![], self.failed_over)].into_iter(),
        )?;
        let unreported = [(vec![], self.unreported)].into_iter();
        counters(
            encoder,
            "unreported",
            "Exchanges that the OTLP collector will never see",
            unreported,
        )
    }

    fn spending(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let spent = self.spent();
        let tokens = spent.iter().flat_map(|(labels, spent)| {
            let kinds = [
                ("input", spent.input),
                ("cached", spent.cached),
                ("output", spent.output),
                ("reasoning", spent.reasoning),
            ];
            kinds.map(|(kind, count)| {
                let mut labels = labels.clone();
                labels.push(("kind", kind));
                (labels, count)
            })
        });
        counters(
            encoder,
            "tokens",
            "Tokens; cached are among input, reasoning among output",
            tokens,
        )?;
        let cost = spent
            .iter()
            .map(|(labels, spent)| (labels.clone(), spent.cost_nano));
        counters(encoder, "cost_nano_usd", "Nano-dollars, estimates included", cost)?;
        let unpriced = spent
            .iter()
            .map(|(labels, spent)| (labels.clone(), spent.unpriced));
        counters(
            encoder,
            "unpriced",
            "Exchanges whose price nobody knows",
            unpriced,
        )
    }

    fn spent(&self) -> Vec<(Labels<'_>, &Spent)> {
        let mut all = Vec::new();
        for (gateway, sums) in &self.gateways {
            for (model, spent) in &sums.models {
                let mut labels = vec![("gateway", gateway.as_str())];
                if self.by_model {
                    labels.push(("model", model));
                }
                all.push((labels, spent));
            }
        }
        all
    }

    fn timed(&self) -> Vec<(Labels<'_>, &Timed)> {
        let mut all = Vec::new();
        for (gateway, sums) in &self.gateways {
            for timed in &sums.timed {
                all.push((
                    vec![
                        ("interface", timed.interface.as_str()),
                        ("gateway", gateway.as_str()),
                    ],
                    timed,
                ));
            }
        }
        all
    }

    fn times(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let timed = self.timed();
        let took = timed.iter().map(|(labels, one)| (labels.clone(), &one.took));
        histograms(
            encoder,
            "duration_seconds",
            "From the request to the end of its answer",
            took,
        )?;
        let first = timed.iter().map(|(labels, one)| (labels.clone(), &one.first));
        histograms(
            encoder,
            "first_token_seconds",
            "From the request to the first token",
            first,
        )
    }

    fn state(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let streaming = [(vec![], count(self.streaming))].into_iter();
        gauges(encoder, "active_streams", "Answers under way", streaming)?;
        let waiting = [(vec![], count(self.waiting))].into_iter();
        gauges(
            encoder,
            "ledger_queue",
            "Writes that are not committed yet",
            waiting,
        )?;
        let keys = self
            .keys
            .iter()
            .map(|(gateway, state, count)| (vec![("gateway", gateway.as_str()), ("state", *state)], *count));
        gauges(encoder, "keys", "Keys by how they stand", keys)
    }
}

fn counters<'a>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: impl Iterator<Item = (Labels<'a>, u64)>,
) -> fmt::Result {
    let mut encoder = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (labels, value) in rows {
        // Of no labels it would make `{}`, at which some readers stumble.
        if labels.is_empty() {
            encoder.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        } else {
            let mut family = encoder.encode_family(&labels)?;
            family.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
    }
    Ok(())
}

fn gauges<'a>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: impl Iterator<Item = (Labels<'a>, i64)>,
) -> fmt::Result {
    let mut encoder = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (labels, value) in rows {
        if labels.is_empty() {
            encoder.encode_gauge(&value)?;
        } else {
            encoder.encode_family(&labels)?.encode_gauge(&value)?;
        }
    }
    Ok(())
}

fn histograms<'a>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    rows: impl Iterator<Item = (Labels<'a>, &'a Histogram)>,
) -> fmt::Result {
    let mut encoder = encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
    for (labels, histogram) in rows {
        let Histogram {
            bounds,
            counts,
            sum,
            count,
        } = histogram;
        // It adds them up itself, and takes the greatest number for infinity.
        let bounds = bounds.iter().copied().chain([f64::MAX]);
        let buckets: Vec<(f64, u64)> = bounds.zip(counts.iter().copied()).collect();
        let mut family = encoder.encode_family(&labels)?;
        family.encode_histogram::<NoLabelSet>(*sum, *count, &buckets, None)?;
    }
    Ok(())
}
