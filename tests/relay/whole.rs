//! The same misbehaviours where no stream was asked for: an answer is a whole one, or an error with a status.

use std::time::Duration;

use nexdesk_ledger::Outcome;
use nexdesk_sandbox::full_text;
use nexdesk_tests::{Setup, World};

/// Model, the status the tool sees, and the error's code; an empty code stands for the whole text.
const EXPECTED: [(&str, u16, &str); 21] = [
    ("401", 401, "invalid_api_key"),
    ("402", 402, "insufficient_quota"),
    ("404", 404, "model_not_found"),
    ("429", 429, "rate_limit_exceeded"),
    ("html-502", 502, "gateway_failed"),
    ("cut", 502, "stream_interrupted"),
    ("error-first", 502, "gateway_failed"),
    ("error-mid", 502, "gateway_failed"),
    ("error-json", 502, "gateway_failed"),
    ("html", 502, "not_an_api"),
    ("empty", 502, "gateway_failed"),
    // These are answers, whatever was odd about the way they came.
    ("clean-end", 200, ""),
    ("split", 200, ""),
    ("bom", 200, ""),
    ("comments", 200, ""),
    ("crlf", 200, ""),
    ("cr", 200, ""),
    ("gzip", 200, ""),
    ("huge", 200, ""),
    ("no-usage", 200, ""),
    ("filter", 200, ""),
];

#[tokio::test]
async fn a_whole_answer_is_the_whole_text_or_an_error_with_a_status() {
    for (bad, status, code) in EXPECTED {
        let world = World::new().await;
        let model = format!("sandbox-bad-{bad}");
        let heard = world
            .cursor()
            .await
            .asks(&format!("upstream/{model}"), "Hello")
            .await;
        assert_eq!(heard.status, status, "{bad}");
        assert_eq!(heard.error_code().unwrap_or_default(), code, "{bad}");
        let text = if status == 200 {
            full_text(&model)
        } else {
            String::new()
        };
        assert!(heard.text() == text, "{bad}: {:.300}", heard.text());
        let kept = world.last_exchange().await;
        let outcome = if status == 200 {
            Outcome::Ok
        } else {
            Outcome::Failed
        };
        assert_eq!(
            (kept.outcome, kept.status, kept.stream),
            (outcome, Some(status), false),
            "{bad}"
        );
    }
}

#[tokio::test]
async fn a_whole_answer_that_never_ends_is_given_up() {
    let patience = Duration::from_millis(700);
    let world = Setup::default().patience(patience, patience).open().await;
    let cursor = world.cursor().await;
    for bad in ["stall", "slow-first"] {
        let heard = cursor.asks(&format!("upstream/sandbox-bad-{bad}"), "Hello").await;
        assert_eq!(
            (heard.status, heard.error_code().as_deref()),
            (504, Some("stalled")),
            "{bad}"
        );
        assert_eq!(world.last_exchange().await.code.as_deref(), Some("stalled"));
    }
}
