//! Who looks on: figures for a Prometheus, spans for a collector, bodies for a person. Nobody by default, and never a
//! secret.

use std::time::Duration;

use http::Method;
use nexdesk_app::Reports;
use nexdesk_app::keys::{Capture, Gateway, TokenLimits};
use nexdesk_app::routes::{AddRoute, RouteTarget, Strategy};
use nexdesk_app::watching::{Captured, Watch};
use nexdesk_tests::{Cursor, Heard, Replay, World, question, soon};
use serde_json::{Value, json};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
const PLANTED: &str = "sk-proj-Zm9vYmFyMTIzNDU2Nzg5MA";

async fn captures(world: &World, capture: Capture) -> Cursor {
    let cursor = world.cursor().await;
    let token = world.app().list_tokens().unwrap().remove(0);
    let limits = TokenLimits {
        capture,
        ..TokenLimits::default()
    };
    world.app().set_token_limits(&token.id, limits).await.unwrap();
    cursor
}

/// What was kept of the answer that was just heard.
async fn kept(world: &World, heard: &Heard) -> Captured {
    let id = heard.header("x-nexdesk-request-id").to_owned();
    soon("the body is on its way to the ledger", async || {
        world.app().ledger().flush().await.unwrap();
        let found = world.app().captured(&id).unwrap();
        found.response.is_some().then_some(found)
    })
    .await
}

/// Once everything under way has reached the ledger.
async fn kept_in_all(world: &World) -> u64 {
    world.app().relay().stop_watching(Duration::from_secs(10)).await;
    world.app().ledger().flush().await.unwrap();
    world.app().ledger().bodies_total().unwrap().0
}

#[tokio::test]
async fn what_is_said_is_kept_only_for_the_tokens_that_want_it() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    world.window().asks("sandbox-chat", "Hello").await;
    assert_eq!(kept_in_all(&world).await, 0, "by default nothing");

    let watch = Watch {
        capture_window: Capture::All,
        ..Watch::default()
    };
    world.app().watch(watch).await;
    world.window().asks("sandbox-chat", "Hello").await;
    assert_eq!(
        kept_in_all(&world).await,
        2,
        "the window's too, if its person wants it"
    );
}

#[tokio::test]
async fn a_stream_is_kept_as_it_passed() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::All).await;
    let heard = cursor.streams("sandbox-chat", "Hello").await;
    let kept = kept(&world, &heard).await;
    let (request, response) = (kept.request.unwrap(), kept.response.unwrap());
    assert_eq!(
        request.text.unwrap(),
        question("sandbox-chat", "Hello", true).to_string()
    );
    assert_eq!(response.text.unwrap().into_bytes(), heard.bytes());
    assert_eq!(
        (response.size, response.truncated),
        (heard.bytes().len() as u64, false)
    );
    assert!(request.head.contains("content-type: application/json\n"));
    assert!(response.head.contains("content-type: text/event-stream"));
    assert!(!request.head.contains("authorization") && !request.head.contains("nxd-"));
}

#[tokio::test]
async fn of_errors_only_what_went_wrong_is_kept() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::Errors).await;
    assert_eq!(cursor.streams("sandbox-chat", "Hello").await.status, 200);
    assert_eq!(kept_in_all(&world).await, 0);
    let refused = cursor.asks("upstream/sandbox-bad-404", "Hello").await;
    let answer = kept(&world, &refused).await.response.unwrap();
    assert_eq!(answer.text.unwrap().into_bytes(), refused.bytes());
    let unknown = cursor.asks("nobody/has-this", "Hello").await;
    assert_eq!(unknown.status, 404);
    let answer = kept(&world, &unknown).await.response.unwrap();
    assert_eq!(
        answer.text.unwrap().into_bytes(),
        unknown.bytes(),
        "a refusal of our own too"
    );
}

#[tokio::test]
async fn a_broken_stream_is_kept_with_what_the_caller_was_told() {
    let world = World::new().await;
    let cursor = captures(&world, Capture::Errors).await;
    let heard = cursor
        .streams("upstream/sandbox-bad-midstream-cut", "Hello")
        .await;
    assert!(heard.error_code().is_some(), "{heard:?}");
    let answer = kept(&world, &heard).await.response.unwrap();
    assert_eq!(answer.text.unwrap().into_bytes(), heard.bytes());
}

#[tokio::test]
async fn no_secret_is_kept_whoever_said_it() {
    let said = format!(
        "{{\"choices\":[{{\"message\":{{\"content\":\"Your key {PLANTED} and shapeless-precious are mine\"}}}}]}}"
    );
    let gateway = Replay::of(OK, said.as_bytes());
    let world = World::new().await;
    // A key without any shape is known because it is in use.
    world
        .add_gateway_with_key("Leaky", &gateway.url(), "shapeless-precious")
        .await;
    let cursor = captures(&world, Capture::All).await;
    let body = json!({
        "model": "leaky/m", "messages": [{ "role": "user", "content": format!("curl -H 'x-api-key: {PLANTED}'") }],
        "metadata": { "api_key": "hunter2 and more", "n": 1 },
    });
    let heard = cursor.posts(body.to_string()).await;
    assert!(
        heard.text().contains(PLANTED),
        "the caller gets the gateway's bytes"
    );
    let kept = kept(&world, &heard).await;
    let (asked, answered) = (
        kept.request.unwrap().text.unwrap(),
        kept.response.unwrap().text.unwrap(),
    );
    assert_eq!(
        answered,
        said.replace(PLANTED, "[redacted]")
            .replace("shapeless-precious", "[redacted]")
    );
    let expected = body
        .to_string()
        .replace(PLANTED, "[redacted]")
        .replace("hunter2 and more", "[redacted]");
    assert_eq!(asked, expected, "and nothing else was touched");
}

#[tokio::test]
async fn a_large_body_is_kept_to_the_cap_and_says_so() {
    let text = "ein langer Text, sogar mit ü. ".repeat(30_000);
    let said = json!({ "choices": [{ "message": { "content": text } }] }).to_string();
    let gateway = Replay::of(OK, said.as_bytes());
    let world = World::new().await;
    world
        .add_gateway_with_key("Large", &gateway.url(), "sk-large")
        .await;
    let cursor = captures(&world, Capture::All).await;
    let heard = cursor.asks("large/m", &text).await;
    assert_eq!(heard.status, 200);
    let kept = kept(&world, &heard).await;
    for (body, size) in [
        (
            kept.request.unwrap(),
            question("large/m", &text, false).to_string().len(),
        ),
        (kept.response.unwrap(), said.len()),
    ] {
        assert_eq!((body.size, body.truncated), (size as u64, true));
        let length = body.text.unwrap().len();
        assert!((256 * 1024 - 4..=256 * 1024).contains(&length), "{length}");
    }
}

async fn scrape(cursor: &Cursor, token: &str) -> Heard {
    Heard::of(cursor.bare(Method::GET, "/metrics").bearer_auth(token)).await
}

/// The value of the one line that begins so.
fn value(text: &str, line: &str) -> f64 {
    let found: Vec<&str> = text.lines().filter_map(|one| one.strip_prefix(line)).collect();
    assert_eq!(found.len(), 1, "{line} in\n{text}");
    found[0].trim().parse().unwrap()
}

#[tokio::test]
async fn the_figures_have_a_token_of_their_own_and_without_it_there_is_nothing() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let unknown = cursor.gets("/nothing").await;
    assert_eq!(
        scrape(&cursor, "nxm-none").await.status,
        404,
        "before there is one"
    );
    let secret = world.app().create_metrics_token().await.unwrap();
    assert_eq!(scrape(&cursor, &secret).await.status, 200);
    let with_a_tools = cursor.gets("/metrics").await;
    for refused in [
        &with_a_tools,
        &scrape(&cursor, "nxm-wrong").await,
        &Heard::of(cursor.bare(Method::GET, "/metrics")).await,
    ] {
        assert_eq!(refused.status, 404);
        let plain = String::from_utf8(unknown.bytes())
            .unwrap()
            .replace("/nothing", "/metrics");
        assert_eq!(
            String::from_utf8(refused.bytes()).unwrap(),
            plain,
            "as any unknown path"
        );
    }
    let posted = Heard::of(cursor.bare(Method::POST, "/metrics").bearer_auth(&secret)).await;
    assert_eq!(posted.status, 404);
    let as_a_tool = cursor.with_token(&secret).gets("/v1/models").await;
    assert_eq!(as_a_tool.status, 401, "it opens nothing else");
    let stored = std::fs::read(world.data_dir().join("nexdesk.db")).unwrap();
    assert!(
        !stored
            .windows(secret.len())
            .any(|piece| piece == secret.as_bytes()),
        "only its hash is kept"
    );

    let newer = world.app().create_metrics_token().await.unwrap();
    assert_eq!(
        (
            scrape(&cursor, &secret).await.status,
            scrape(&cursor, &newer).await.status
        ),
        (404, 200)
    );
    world.app().remove_metrics_token().await.unwrap();
    assert_eq!(scrape(&cursor, &newer).await.status, 404);
}

#[tokio::test]
async fn the_figures_say_what_happened_and_name_nothing_private() {
    let world = World::new().await;
    let token = world.app().create_metrics_token().await.unwrap();
    let cursor = world.cursor().await;
    for _ in 0..3 {
        cursor
            .streams("upstream/sandbox-chat", "What a secret question")
            .await;
    }
    cursor.asks("upstream/sandbox-bad-404", "Hello").await;
    cursor.asks("nobody/has-this", "Hello").await;
    let usage = world.exchanges().await;
    let sum = |of: fn(&nexdesk_ledger::ExchangeRow) -> u64| usage.iter().map(of).sum::<u64>() as f64;

    let heard = scrape(&cursor, &token).await;
    assert!(
        heard
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = String::from_utf8(heard.bytes()).unwrap();
    let of = |labels: &str| value(&text, &format!("nexdesk_requests_total{{{labels}}}"));
    assert_eq!(
        of("interface=\"chat\",gateway=\"Upstream\",outcome=\"ok\",status=\"200\""),
        3.0
    );
    assert_eq!(
        of("interface=\"chat\",gateway=\"Upstream\",outcome=\"failed\",status=\"404\""),
        1.0
    );
    assert_eq!(
        of("interface=\"chat\",gateway=\"\",outcome=\"failed\",status=\"404\""),
        1.0
    );
    assert_eq!(
        value(&text, "nexdesk_refusals_total{code=\"model_not_found\"}"),
        1.0
    );
    let tokens = |kind: &str| {
        value(
            &text,
            &format!("nexdesk_tokens_total{{gateway=\"Upstream\",kind=\"{kind}\"}}"),
        )
    };
    assert_eq!(tokens("input"), sum(|row| row.input.unwrap_or(0)));
    assert_eq!(tokens("output"), sum(|row| row.output.unwrap_or(0)));
    let cost = value(&text, "nexdesk_cost_nano_usd_total{gateway=\"Upstream\"}");
    assert_eq!(cost, sum(|row| row.cost_nano.unwrap_or(0).unsigned_abs()));
    let all = value(
        &text,
        "nexdesk_duration_seconds_count{interface=\"chat\",gateway=\"Upstream\"}",
    );
    let last = value(
        &text,
        "nexdesk_duration_seconds_bucket{le=\"+Inf\",interface=\"chat\",gateway=\"Upstream\"}",
    );
    assert_eq!((all, last), (4.0, 4.0));
    assert_eq!(
        value(
            &text,
            "nexdesk_first_token_seconds_count{interface=\"chat\",gateway=\"Upstream\"}"
        ),
        3.0
    );
    assert_eq!(value(&text, "nexdesk_active_streams"), 0.0);
    assert_eq!(
        value(&text, "nexdesk_keys{gateway=\"Upstream\",state=\"ready\"}"),
        1.0
    );
    value(&text, "nexdesk_ledger_queue");
    assert!(text.ends_with("# EOF\n"));
    for private in [
        "secret question",
        "nxd-",
        "sk-",
        "nxm-",
        "sandbox-chat",
        "Cursor",
        "has-this",
    ] {
        assert!(!text.contains(private), "{private}");
    }
}

#[tokio::test]
async fn models_are_told_apart_if_wanted_and_a_million_of_them_fill_no_memory() {
    let world = World::new().await;
    let token = world.app().create_metrics_token().await.unwrap();
    let watch = Watch {
        metrics_by_model: true,
        ..Watch::default()
    };
    world.app().watch(watch).await;
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-chat", "Hello").await;
    for number in 0..300 {
        cursor.asks(&format!("nobody/{number}"), "Hello").await;
    }
    let text = String::from_utf8(scrape(&cursor, &token).await.bytes()).unwrap();
    assert!(
        value(
            &text,
            "nexdesk_tokens_total{gateway=\"Upstream\",model=\"upstream/sandbox-chat\",kind=\"output\"}"
        ) > 0.0
    );
    assert!(text.contains("model=\"other\""));
    let models = text
        .lines()
        .filter(|line| line.starts_with("nexdesk_cost_nano_usd_total"))
        .count();
    assert!(models <= 205, "{models}");
}

#[tokio::test]
async fn retries_and_failovers_are_counted_and_the_delay_is_known() {
    let failing = Replay::of(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json",
        b"{\"error\":{\"message\":\"busy\"}}",
    );
    let answering = Replay::of(
        OK,
        b"{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}",
    );
    let world = World::new().await;
    assert_eq!(world.app().relay_figures().added_us, None);
    let first = world
        .add_gateway_with_key("First", &failing.url(), "sk-one")
        .await;
    let second = world
        .add_gateway_with_key("Second", &answering.url(), "sk-two")
        .await;
    let target = |gateway: Gateway| RouteTarget {
        gateway: Some(gateway.id),
        model: "m".into(),
        weight: 1,
    };
    let route = AddRoute {
        pattern: "both".into(),
        targets: [first, second].map(target).to_vec(),
        strategy: Strategy::Order,
        token: None,
    };
    world.app().add_route(route).await.unwrap();
    assert_eq!(world.cursor().await.asks("both", "Hello").await.status, 200);
    let row = world.last_exchange().await;
    let moved = row
        .attempts
        .windows(2)
        .filter(|pair| pair[0].gateway != pair[1].gateway)
        .count() as u64;
    let figures = world.app().relay_figures();
    assert_eq!((figures.ended, figures.failed_over), (1, moved));
    assert_eq!(
        figures.retried + figures.failed_over,
        row.attempts.len() as u64 - 1
    );
    assert!(moved > 0 && figures.added_us.is_some(), "{figures:?}");
}

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

/// An attribute in the form that its kind has in OTLP.
fn attribute(of: &Value, key: &str) -> Option<String> {
    let found = of["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == key)?;
    let value = found["value"].as_object().unwrap();
    assert_eq!(value.len(), 1, "{found}");
    let (kind, value) = value.iter().next().unwrap();
    match kind.as_str() {
        "stringValue" | "intValue" => Some(value.as_str().expect("text, also for a number").to_owned()),
        "boolValue" => Some(value.as_bool().unwrap().to_string()),
        other => panic!("{other}"),
    }
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

#[tokio::test]
async fn an_exchange_reaches_a_collector_as_its_conventions_say() {
    let collector = Replay::of(OK, b"{\"partialSuccess\":{}}");
    let world = World::new().await;
    world
        .app()
        .keep_collector_secret("Basic dXNlcjpwYXNz".into())
        .await
        .unwrap();
    reports_to(&world, &collector, Some("Authorization")).await;
    let cursor = world.cursor().await;
    let heard = cursor
        .streams("upstream/sandbox-chat", "A private question")
        .await;
    soon("the spans arrive", async || {
        (spans(&collector).len() == 2).then_some(())
    })
    .await;
    let row = world.last_exchange().await;

    let request = collector.requests().remove(0);
    assert!(
        request
            .head
            .to_lowercase()
            .contains("content-type: application/json")
    );
    assert!(
        request
            .head
            .to_lowercase()
            .contains("authorization: basic dxnlcjpwyxnz"),
        "{}",
        request.head
    );
    let found = spans(&collector);
    let (exchange, attempt) = (&found[0], &found[1]);
    for span in [exchange, attempt] {
        assert!(
            is_hex(&span["traceId"], 32) && is_hex(&span["spanId"], 16),
            "{span}"
        );
        assert!(
            nanoseconds(&span["startTimeUnixNano"]) <= nanoseconds(&span["endTimeUnixNano"]),
            "{span}"
        );
        assert_eq!(span["kind"], 3);
    }
    assert_eq!(
        exchange["traceId"].as_str().unwrap(),
        row.id.replace('-', ""),
        "the row is found by it"
    );
    assert_eq!(
        nanoseconds(&exchange["startTimeUnixNano"]),
        i128::from(row.started_at) * 1_000_000
    );
    assert!(exchange.get("parentSpanId").is_none());
    assert_eq!(
        (&attempt["parentSpanId"], &attempt["traceId"]),
        (&exchange["spanId"], &exchange["traceId"])
    );
    assert_ne!(attempt["spanId"], exchange["spanId"]);
    let of = |key: &str| attribute(exchange, key).unwrap_or_default();
    assert_eq!(exchange["name"], "chat upstream/sandbox-chat");
    assert_eq!(of("gen_ai.operation.name"), "chat");
    assert_eq!(of("gen_ai.provider.name"), "openai-compatible");
    assert_eq!(of("gen_ai.system"), of("gen_ai.provider.name"));
    assert_eq!(of("gen_ai.request.model"), "upstream/sandbox-chat");
    assert_eq!(of("gen_ai.response.model"), row.model_answered.clone().unwrap());
    let (input, _, output) = heard.usage().unwrap();
    assert_eq!(of("gen_ai.usage.input_tokens"), input.to_string());
    assert_eq!(of("gen_ai.usage.output_tokens"), output.to_string());
    assert_eq!(of("server.address"), "127.0.0.1");
    assert_eq!(of("http.response.status_code"), "200");
    assert_eq!(
        (of("nexdesk.caller"), of("nexdesk.gateway")),
        ("Cursor".into(), "Upstream".into())
    );
    assert_eq!(
        attribute(exchange, "nexdesk.cost_nano_usd"),
        row.cost_nano.map(|nano| nano.to_string())
    );
    assert_eq!(attribute(exchange, "error.type"), None);
    assert_eq!(
        attribute(attempt, "http.response.status_code").as_deref(),
        Some("200")
    );

    let resource = &sent(&collector, "traces")[0]["resourceSpans"][0]["resource"];
    assert_eq!(attribute(resource, "service.name").as_deref(), Some("nexdesk"));
    assert!(attribute(resource, "service.instance.id").is_some());
    let everything =
        serde_json::to_string(&[sent(&collector, "traces"), sent(&collector, "metrics")]).unwrap();
    for private in ["private question", "nxd-", "sk-first", "dXNlcjpwYXNz"] {
        assert!(!everything.contains(private), "{private}");
    }
    soon("it is known to have arrived", async || {
        (world.app().relay_figures().reported == 1).then_some(())
    })
    .await;
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
