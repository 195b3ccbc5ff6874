//! What a collector of OpenTelemetry is sent, and what becomes of it when nobody is there to take it.

use std::time::Duration;

use http::Method;
use nexdesk_app::Reports;
use nexdesk_app::watching::Watch;
use nexdesk_tests::{Heard, Replay, World, question, soon};
use serde_json::Value;

use super::{OK, PLANTED};

async fn reports_to(world: &World, collector: &Replay, header: Option<&str>) {
    let endpoint = collector.url().trim_end_matches("/v1").to_owned();
    let watch = Watch {
        reports: Some(
            Reports::to(&endpoint, header)
                .unwrap()
                .every(Duration::from_millis(50)),
        ),
        ..Watch::default()
    };
    world.app().watch(watch).await;
}

/// What the collector was sent to one of its two addresses.
fn sent(collector: &Replay, to: &str) -> Vec<Value> {
    let line = format!("POST /v1/{to} ");
    let requests = collector
        .requests()
        .into_iter()
        .filter(|request| request.head.starts_with(&line));
    requests
        .map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect()
}

fn spans(collector: &Replay) -> Vec<Value> {
    let all = sent(collector, "traces").into_iter();
    all.flat_map(|message| {
        message["resourceSpans"][0]["scopeSpans"][0]["spans"]
            .as_array()
            .unwrap()
            .clone()
    })
    .collect()
}

/// An attribute, in the form that its kind has in OTLP: numbers of 64 bits are text.
fn attribute(of: &Value, key: &str) -> Option<String> {
    let mut all = of["attributes"].as_array().unwrap().iter();
    let value = &all.find(|one| one["key"] == key)?["value"];
    assert_eq!(value.as_object().unwrap().len(), 1, "{value}");
    let text = value["stringValue"].as_str().or(value["intValue"].as_str());
    let flag = value["boolValue"].as_bool().map(|flag| flag.to_string());
    Some(text.map(str::to_owned).or(flag).expect("one of the kinds"))
}

fn is_hex(value: &Value, length: usize) -> bool {
    let text = value.as_str().unwrap();
    text.len() == length
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn nanoseconds(value: &Value) -> i128 {
    value
        .as_str()
        .expect("64 bits are written as text")
        .parse()
        .unwrap()
}

/// A span as OTLP wants any.
fn is_well_formed(span: &Value) {
    assert!(
        is_hex(&span["traceId"], 32) && is_hex(&span["spanId"], 16),
        "{span}"
    );
    assert!(
        nanoseconds(&span["startTimeUnixNano"]) <= nanoseconds(&span["endTimeUnixNano"]),
        "{span}"
    );
    assert_eq!(span["kind"], 3, "a call to somebody");
}

#[tokio::test]
async fn an_exchange_reaches_a_collector_as_its_conventions_say() {
    let collector = Replay::of(OK, b"{\"partialSuccess\":{}}");
    let world = World::new().await;
    reports_to(&world, &collector, None).await;
    let heard = world
        .cursor()
        .await
        .streams("upstream/sandbox-chat", "Hello")
        .await;
    soon("the spans arrive", async || {
        (spans(&collector).len() == 2).then_some(())
    })
    .await;
    let (row, found) = (world.last_exchange().await, spans(&collector));
    let exchange = &found[0];
    let (input, _, output) = heard.usage().unwrap();
    let said = [
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.provider.name", "openai-compatible".into()),
        ("gen_ai.system", "openai-compatible".into()),
        ("gen_ai.request.model", "upstream/sandbox-chat".into()),
        (
            "gen_ai.response.model",
            row.model_answered.clone().unwrap().into(),
        ),
        ("gen_ai.usage.input_tokens", input.to_string()),
        ("gen_ai.usage.output_tokens", output.to_string()),
        ("server.address", "127.0.0.1".into()),
        ("http.response.status_code", "200".into()),
        ("nexdesk.caller", "Cursor".into()),
        ("nexdesk.gateway", "Upstream".into()),
    ];
    for (key, value) in said {
        assert_eq!(attribute(exchange, key), Some(value), "{key}");
    }
    let cost = row.cost_nano.map(|nano| nano.to_string());
    assert_eq!(attribute(exchange, "nexdesk.cost_nano_usd"), cost);
    assert_eq!(exchange["name"], "chat upstream/sandbox-chat");
    assert_eq!(attribute(exchange, "error.type"), None);
    soon("it is known to have arrived", async || {
        (world.app().relay_figures().reported == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn spans_have_the_shape_of_otlp_and_each_attempt_is_a_child() {
    let collector = Replay::of(OK, b"{}");
    let world = World::new().await;
    reports_to(&world, &collector, None).await;
    world
        .cursor()
        .await
        .streams("upstream/sandbox-chat", "Hello")
        .await;
    soon("the spans arrive", async || {
        (spans(&collector).len() == 2).then_some(())
    })
    .await;
    let (row, found) = (world.last_exchange().await, spans(&collector));
    let (exchange, attempt) = (&found[0], &found[1]);
    is_well_formed(exchange);
    is_well_formed(attempt);
    assert_eq!(
        exchange["traceId"].as_str().unwrap(),
        row.id.replace('-', ""),
        "the row is found by it"
    );
    let began = nanoseconds(&exchange["startTimeUnixNano"]);
    assert_eq!(began, i128::from(row.started_at) * 1_000_000);
    assert!(exchange.get("parentSpanId").is_none());
    assert_eq!(attempt["parentSpanId"], exchange["spanId"]);
    assert_eq!(attempt["traceId"], exchange["traceId"]);
    assert_ne!(attempt["spanId"], exchange["spanId"]);
    assert_eq!(
        attribute(attempt, "http.response.status_code").as_deref(),
        Some("200")
    );
    let resource = &sent(&collector, "traces")[0]["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name").as_deref(), Some("nexdesk"));
    assert!(
        attribute(resource, "service.instance.id").is_some(),
        "many relays report to one collector"
    );
}

#[tokio::test]
async fn the_collectors_header_comes_from_the_vault_and_nothing_private_goes_out() {
    let collector = Replay::of(OK, b"{}");
    let world = World::new().await;
    let secret = "Basic dXNlcjpwYXNz";
    world.app().keep_collector_secret(secret.into()).await.unwrap();
    reports_to(&world, &collector, Some("Authorization")).await;
    let asked = format!("A private question about {PLANTED}");
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-chat", &asked).await;
    // Somebody has put the key where the model belongs.
    cursor.asks(&format!("upstream/{PLANTED}"), "Hello").await;
    soon("both arrive", async || {
        (world.app().relay_figures().reported == 2).then_some(())
    })
    .await;
    for request in collector.requests() {
        let head = request.head.to_lowercase();
        assert!(head.contains("content-type: application/json"), "{head}");
        assert!(
            head.contains(&format!("authorization: {}", secret.to_lowercase())),
            "{head}"
        );
        let body = String::from_utf8(request.body).unwrap();
        for private in ["private question", PLANTED, "nxd-", "sk-first", "dXNlcjpwYXNz"] {
            assert!(!body.contains(private), "{private} in {body}");
        }
    }
}

#[tokio::test]
async fn a_failure_and_its_attempts_are_told_as_errors() {
    let collector = Replay::of(OK, b"{}");
    let world = World::new().await;
    reports_to(&world, &collector, None).await;
    let cursor = world.cursor().await;
    let body = question("upstream/sandbox-bad-404", &format!("It is {PLANTED}"), false).to_string();
    let asked = cursor
        .request(Method::POST, "/v1/chat/completions")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .body(body);
    assert_eq!(Heard::of(asked).await.status, 404);
    soon("the spans arrive", async || {
        (spans(&collector).len() >= 2).then_some(())
    })
    .await;
    let row = world.last_exchange().await;
    let found = spans(&collector);
    assert_eq!(found.len(), 1 + row.attempts.len());
    assert_eq!(
        found[0]["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736",
        "the tool's own trace goes on"
    );
    assert_eq!(found[0]["parentSpanId"], "00f067aa0ba902b7");
    for (span, code) in found.iter().zip([row.code.clone(), row.attempts[0].code.clone()]) {
        assert_eq!(attribute(span, "error.type"), code);
        assert_eq!(span["status"]["code"], 2, "{span}");
    }
}

#[tokio::test]
async fn the_sums_are_histograms_that_add_up() {
    let collector = Replay::of(OK, b"{}");
    let world = World::new().await;
    reports_to(&world, &collector, None).await;
    let cursor = world.cursor().await;
    for _ in 0..3 {
        cursor.streams("upstream/sandbox-chat", "Hello").await;
    }
    let last = async || {
        let message = sent(&collector, "metrics").pop()?;
        let metrics = message["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
            .as_array()?
            .clone();
        (metrics[0]["histogram"]["dataPoints"][0]["count"] == "3").then_some(metrics)
    };
    let metrics = soon("all three are counted", last).await;
    let names: Vec<_> = metrics
        .iter()
        .map(|metric| metric["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "gen_ai.client.operation.duration",
            "gen_ai.client.token.usage",
            "nexdesk.cost_nano_usd"
        ]
    );
    let rows = world.exchanges().await;
    for metric in &metrics[..2] {
        assert_eq!(metric["histogram"]["aggregationTemporality"], 2);
        for point in metric["histogram"]["dataPoints"].as_array().unwrap() {
            let counts = point["bucketCounts"].as_array().unwrap();
            let sum: u64 = counts
                .iter()
                .map(|count| count.as_str().unwrap().parse::<u64>().unwrap())
                .sum();
            assert_eq!(sum.to_string(), point["count"].as_str().unwrap());
            assert_eq!(
                counts.len(),
                point["explicitBounds"].as_array().unwrap().len() + 1
            );
            assert!(nanoseconds(&point["startTimeUnixNano"]) <= nanoseconds(&point["timeUnixNano"]));
            assert_eq!(
                attribute(point, "gen_ai.request.model").as_deref(),
                Some("upstream/sandbox-chat")
            );
        }
    }
    let output = metrics[1]["histogram"]["dataPoints"].as_array().unwrap().iter();
    let output = output
        .clone()
        .find(|point| attribute(point, "gen_ai.token.type").as_deref() == Some("output"))
        .unwrap();
    let tokens: u64 = rows.iter().filter_map(|row| row.output).sum();
    assert_eq!(output["sum"].as_f64().unwrap(), tokens as f64);
    assert!(metrics[2]["sum"]["isMonotonic"].as_bool().unwrap());
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nobody_up_and_gets_what_waits_when_it_is_back() {
    let busy = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json";
    let collector = Replay::in_turn(&[(busy, b"{}"), (busy, b"{}"), (OK, b"{}")]);
    let mut world = World::new().await;
    reports_to(&world, &collector, None).await;
    let cursor = world.cursor().await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    soon("its trouble is said", async || {
        world.app().relay_figures().collector_trouble
    })
    .await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    soon("both arrive", async || {
        (world.app().relay_figures().reported == 2).then_some(())
    })
    .await;
    assert_eq!(world.app().relay_figures().unreported, 0);
    assert_eq!(world.app().relay_figures().collector_trouble, None);

    let gone = Replay::of(OK, b"{}");
    reports_to(&world, &gone, None).await;
    cursor.streams("sandbox-chat", "Goodbye").await;
    world.close();
    assert!(spans(&gone).len() >= 2, "what had ended is sent before the end");
}
