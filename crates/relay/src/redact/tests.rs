//! Secrets planted in every place they were ever found, between text that must come through as it is.

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;

use super::{STRUCK, Struck, bytes, head, text};

/// Keys as gateways make them; the last is our own.
fn keys() -> impl Strategy<Value = String> {
    prop_oneof![
        "sk-[A-Za-z0-9]{20,48}",
        "sk-proj-[A-Za-z0-9_-]{24,80}",
        "sk-ant-api03-[A-Za-z0-9_-]{24,90}",
        "AIza[A-Za-z0-9_-]{35}",
        "gsk_[A-Za-z0-9]{40}",
        "xai-[A-Za-z0-9]{40}",
        "nxd-[A-Za-z0-9_-]{32}",
    ]
    // A dash at the end of a word is not told from punctuation by anybody.
    .prop_filter("a key ends in a letter or digit", |key| {
        key.ends_with(|last: char| last.is_ascii_alphanumeric())
    })
}

/// A secret without any shape, as a self-made gateway hands out.
fn shapeless() -> impl Strategy<Value = String> {
    "[a-z]{6}[0-9][A-Za-z0-9]{12,40}"
}

/// What people and models write. It says nothing that could announce a secret.
fn prose() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("The bearer of good news arrives at 10:30.".to_owned()),
            Just("task-force, disk-drive; scikit's sk-learn and risk-free.".to_owned()),
            Just("{\"max_tokens\": 512, \"token_count\": \"7\", \"key\": \"C major\"}".to_owned()),
            Just("{\"logprobs\":{\"content\":[{\"token\":\" Hel\",\"logprob\":-0.1}]}}".to_owned()),
            Just("sorted(words, key=len)\n".to_owned()),
            Just("{\"password\": {\"type\": \"string\"}, \"secret\": null}".to_owned()),
            "[ a-zA-Z0-9.,!?éß你好🙂\n\\\\\"{}:]{0,60}",
        ],
        0..6,
    )
    .prop_map(|pieces| pieces.join(" "))
}

/// Ways a secret comes along, and what is left of them.
fn carriers(key: &str, bare: &str) -> Vec<(String, String)> {
    let escaped = |depth: usize, value: &str| {
        let mut json = format!("{{\"api_key\":\"{value}\",\"n\":1}}");
        for _ in 0..depth {
            json = serde_json::to_string(&json).expect("a string");
        }
        json
    };
    let quoted = format!("{bare}\\\"{bare}\\\\");
    let mut all = vec![
        (format!(" {key} "), format!(" {STRUCK} ")),
        (format!("(see {key})."), format!("(see {STRUCK}).")),
        (format!("\\n{key}\\n"), format!("\\n{STRUCK}\\n")),
        (format!("\\u00e9{key}\""), format!("\\u00e9{STRUCK}\"")),
        (
            format!("\u{1b}[0m{key}\u{1b}[0m"),
            format!("\u{1b}[0m{STRUCK}\u{1b}[0m"),
        ),
        (format!("Bearer {bare}\n"), format!("Bearer {STRUCK}\n")),
        (
            format!("/models?key={bare}&alt=sse"),
            format!("/models?key={STRUCK}&alt=sse"),
        ),
        (
            format!("/a?b=1&access_token={bare} "),
            format!("/a?b=1&access_token={STRUCK} "),
        ),
        (
            format!("x-api-key: {bare}\r\n"),
            format!("x-api-key: {STRUCK}\r\n"),
        ),
        (
            format!("Authorization: Basic {bare}\n"),
            format!("Authorization: {STRUCK}\n"),
        ),
        (
            format!("curl -H 'x-goog-api-key: {bare}'"),
            format!("curl -H 'x-goog-api-key: {STRUCK}'"),
        ),
        (
            format!("cookie: sid={bare}; a=b\n"),
            format!("cookie: {STRUCK}\n"),
        ),
        (
            format!("OPENAI_API_KEY={bare}\n"),
            format!("OPENAI_API_KEY={STRUCK}\n"),
        ),
        (
            format!("\"x-api-key\": \"{bare}\""),
            format!("\"x-api-key\": \"{STRUCK}\""),
        ),
        (
            format!("{{\"token\" : \"{quoted}\"}}"),
            format!("{{\"token\" : \"{STRUCK}\"}}"),
        ),
    ];
    for depth in 0..4 {
        all.push((escaped(depth, bare), escaped(depth, STRUCK)));
    }
    all
}

proptest! {
    #[test]
    fn a_planted_secret_never_survives_and_everything_around_it_does(
        key in keys(), bare in shapeless(), before in prose(), after in prose(), which in 0..19usize,
    ) {
        let (carried, left) = carriers(&key, &bare).swap_remove(which);
        let struck = text(&format!("{before} {carried} {after}")).into_owned();
        prop_assert!(!struck.contains(&key) && !struck.contains(&bare), "{struck}");
        prop_assert_eq!(struck, format!("{before} {left} {after}"));
    }

    #[test]
    fn what_holds_no_secret_is_not_touched(said in prose(), noise in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(text(&said), said.as_str());
        // Any bytes at all pass without a fault; whatever is struck once stays struck.
        let once = bytes(&noise).into_owned();
        prop_assert_eq!(bytes(&once).into_owned(), once.clone());
    }
}

#[test]
fn a_string_that_was_cut_off_is_struck_to_the_end() {
    assert_eq!(
        text("{\"db_password\":\"one two"),
        format!("{{\"db_password\":\"{STRUCK}")
    );
}

#[test]
fn only_headers_that_give_nothing_away_are_kept() {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("authorization", "Bearer nxd-0123456789abcdef"),
        ("x-api-key", "0123456789abcdef"),
        ("cookie", "session=1"),
        ("set-cookie", "session=1"),
        ("x-goog-api-key", "AIza0123"),
        ("x-forwarded-for", "10.0.0.1"),
        ("content-type", "application/json"),
        ("x-ratelimit-remaining-requests", "7"),
        ("user-agent", "tool/1 (sk-proj-0123456789abcdef)"),
    ] {
        headers.append(name, HeaderValue::from_static(value));
    }
    let kept = head(&headers);
    let mut lines: Vec<&str> = kept.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "content-type: application/json",
            "user-agent: tool/1 ([redacted])",
            "x-ratelimit-remaining-requests: 7"
        ]
    );
}

#[test]
fn a_line_of_the_log_is_struck_before_it_is_written() {
    use std::io::Write as _;
    let mut log = Vec::new();
    let line = b"WARN call failed url=\"https://a/v1?key=abc\" token=nxd-0123456789abcdef0123\n";
    Struck(&mut log).write_all(line).expect("written");
    assert_eq!(
        String::from_utf8(log).expect("text"),
        "WARN call failed url=\"https://a/v1?key=[redacted]\" token=[redacted]\n"
    );
}
