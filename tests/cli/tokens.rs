//! Local tokens: shown once, and good until revoked.

use nexdesk_tests::Cursor;

use crate::nexd::Nexd;

#[tokio::test]
async fn a_token_stands_alone_on_standard_output_opens_the_relay_and_is_closed_out_at_once() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let made = nexd.run(&["tokens", "add", "cursor"]).good();
    let token = made.out.strip_suffix('\n').unwrap();
    assert!(
        token.starts_with("nxd-") && !token.contains(char::is_whitespace),
        "the token and nothing else: {made:#?}"
    );
    assert!(
        made.err.contains("cursor") && !made.err.contains(token),
        "words go beside it: {made:#?}"
    );
    let cursor = Cursor::new(serving.root(), token);
    let heard = cursor.streams("sandbox-fast", "hello").await;
    assert_eq!((heard.status, heard.is_done()), (200, true));
    assert_eq!(
        cursor.with_token("nxd-guessed").gets("/v1/models").await.status,
        401
    );

    let listed = nexd.run(&["tokens", "list"]).good();
    assert_eq!(listed.row("cursor")[1], format!("…{}", &token[token.len() - 4..]));
    assert!(!listed.out.contains(token), "{listed:#?}");
    assert_eq!(nexd.run(&["usage"]).good().row("sandbox-fast")[2], "cursor");

    nexd.run(&["tokens", "revoke", "cursor"]).good();
    assert_eq!(cursor.gets("/v1/models").await.status, 401);
    nexd.run(&["tokens", "revoke", "cursor"]).refused(66);
}

#[test]
fn two_tools_cannot_have_one_name() {
    let nexd = Nexd::new();
    nexd.run(&["tokens", "add", "cursor"]).good();
    let again = nexd.run(&["tokens", "add", "Cursor"]).refused(65);
    assert!(
        again.out.is_empty() && again.err.contains("already"),
        "{again:#?}"
    );
    let told = nexd.run(&["tokens", "add", "codex", "--json"]).good().json();
    assert_eq!(told[0]["token"]["name"], "codex");
    assert!(told[0]["secret"].as_str().unwrap().starts_with("nxd-"));
    let listed = nexd.run(&["tokens", "list", "--json"]).good().json();
    assert_eq!(listed[0].as_array().map(Vec::len), Some(2));
    assert!(listed[0][0].get("secret").is_none() && listed[0][0].get("hash").is_none());
}

#[tokio::test]
async fn limits_are_typed_listed_lifted_and_obeyed_while_the_relay_runs() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let cursor = Cursor::new(serving.root(), &token_with_every_limit(&nexd));
    typed_limits_are_obeyed(&cursor).await;
    typed_limits_are_listed(&nexd);
    set_limits_change_what_is_named_and_nothing_else(&nexd, &cursor).await;
    a_pause_holds_until_it_is_lifted(&nexd, &cursor).await;
}

fn token_with_every_limit(nexd: &Nexd) -> String {
    let made = nexd.run(&[
        "tokens",
        "add",
        "ci",
        "--models",
        "sandbox-fast",
        "--endpoints",
        "chat",
        "--rpm",
        "100",
        "--tpm",
        "1_000_000",
        "--concurrency",
        "4",
        "--per-day",
        "5.00",
        "--per-month",
        "$50",
        "--total",
        "200",
        "--expires",
        "2999-12-31",
    ]);
    made.good().out.trim_end().to_owned()
}

async fn typed_limits_are_obeyed(cursor: &Cursor) {
    assert_eq!(
        cursor.asks("sandbox-chat", "hello").await.error_code().as_deref(),
        Some("model_not_allowed")
    );
    assert_eq!(
        cursor
            .asks("sandbox-fast", "hello")
            .await
            .header("x-ratelimit-limit-requests"),
        "100"
    );
}

fn typed_limits_are_listed(nexd: &Nexd) {
    let listed = nexd.run(&["tokens", "list"]).good().out;
    for part in [
        "ask sandbox-fast",
        "use chat",
        "100 requests a minute",
        "4 at once",
        "≈$0 of $5.00 today",
        "until ",
    ] {
        assert!(listed.contains(part), "{part} in {listed}");
    }
    let limits = &nexd.run(&["tokens", "list", "--json"]).good().json()[0][0]["limits"];
    assert_eq!(limits["dayNano"], 5_000_000_000_i64);
}

async fn set_limits_change_what_is_named_and_nothing_else(nexd: &Nexd, cursor: &Cursor) {
    let set = nexd
        .run(&[
            "tokens",
            "set",
            "CI",
            "--models",
            "none",
            "--rpm",
            "1",
            "--per-day",
            "none",
        ])
        .good();
    assert!(
        !set.out.contains("ask ") && set.out.contains("1 requests a minute"),
        "{set:#?}"
    );
    assert!(
        set.out.contains("$50.00 this month"),
        "what was not named stayed: {set:#?}"
    );
    assert_eq!(
        cursor.asks("sandbox-chat", "hello").await.status,
        429,
        "the minute has had its one"
    );
}

async fn a_pause_holds_until_it_is_lifted(nexd: &Nexd, cursor: &Cursor) {
    nexd.run(&["tokens", "pause", "ci"]).good();
    assert_eq!(
        cursor.gets("/v1/models").await.error_code().as_deref(),
        Some("token_paused")
    );
    nexd.run(&["tokens", "resume", "ci"]).good();
    assert_eq!(
        cursor.gets("/v1/models").await.error_code().as_deref(),
        Some("rate_limit_exceeded")
    );
}

#[test]
fn a_limit_nobody_can_have_meant_is_refused_and_no_token_is_made() {
    let nexd = Nexd::new();
    for (flag, value) in [
        ("--endpoints", "chat,telepathy"),
        ("--rpm", "0"),
        ("--tpm", "many"),
        ("--per-day", "five"),
        ("--total", "-1"),
        ("--expires", "soon"),
        ("--unpriced", "maybe"),
    ] {
        let told = nexd
            .run(&["tokens", "add", "ci", &format!("{flag}={value}")])
            .refused(65);
        assert!(told.out.is_empty(), "{told:#?}");
    }
    assert_eq!(
        nexd.run(&["tokens", "list", "--json"]).good().json()[0]
            .as_array()
            .map(Vec::len),
        Some(0)
    );
    nexd.run(&["tokens", "set", "nobody", "--rpm", "1"]).refused(66);
}
