//! `nexd exchange`, `nexd watch` and the doors of `nexd serve`: who looks on, and who may come in.

use nexdesk_tests::{Cursor, Heard};

use crate::nexd::Nexd;

#[tokio::test]
async fn what_went_wrong_is_shown_with_its_attempts_and_what_was_said() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let token = nexd
        .run(&["tokens", "add", "cursor", "--capture", "errors"])
        .good()
        .out;
    let cursor = Cursor::new(serving.root(), token.trim());
    let heard = cursor
        .asks("sandbox/sandbox-bad-404", "A question worth keeping")
        .await;
    assert_eq!(heard.status, 404);
    let id = heard.header("x-nexdesk-request-id");
    let shown = nexd.run(&["exchange", id]).good().out;
    for part in [
        "cursor",
        "Sandbox",
        "404",
        "A question worth keeping",
        "content-type: application/json",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains(token.trim()), "{shown}");
    let value = nexd.run(&["exchange", id, "--json"]).good().json();
    assert_eq!(
        value[0]["captured"]["response"]["text"],
        String::from_utf8(heard.bytes()).unwrap()
    );
    assert_eq!(value[0]["exchange"]["attempts"].as_array().unwrap().len(), 1);

    nexd.run(&["tokens", "set", "cursor", "--capture", "off"]).good();
    let silent = cursor.asks("sandbox/sandbox-bad-404", "Not kept").await;
    let shown = nexd
        .run(&["exchange", silent.header("x-nexdesk-request-id")])
        .good()
        .out;
    assert!(shown.contains("Nothing of what was said is kept"), "{shown}");
    assert_eq!(nexd.run(&["exchange", "nothing"]).code, Some(66));
    assert_eq!(
        nexd.run(&["tokens", "set", "cursor", "--capture", "everything"])
            .code,
        Some(65)
    );
}

#[tokio::test]
async fn the_figures_are_opened_by_a_token_that_is_printed_alone() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let token = nexd.run(&["watch", "metrics-token"]).good().out;
    let prometheus = Cursor::new(serving.root(), token.trim());
    let figures = prometheus.gets("/metrics").await;
    assert_eq!(figures.status, 200);
    assert!(
        String::from_utf8(figures.bytes())
            .unwrap()
            .contains("nexdesk_active_streams")
    );
    nexd.run(&["watch", "metrics-token", "--remove"]).good();
    assert_eq!(prometheus.gets("/metrics").await.status, 404);
}

#[tokio::test]
async fn the_doors_are_opened_as_they_are_typed() {
    let nexd = Nexd::new();
    let socket = nexd.home().join("relay.sock");
    let path = socket.to_str().unwrap();
    let page = "https://notes.example";
    let serving = nexd.listen(&[
        "serve",
        "--json",
        "--port",
        "0",
        "--socket",
        path,
        "--allow-origin",
        page,
    ]);
    let token = nexd.run(&["tokens", "add", "page"]).good().out;
    let cursor = Cursor::new(serving.root(), token.trim());
    let asked = cursor
        .request(http::Method::GET, "/v1/models")
        .header("origin", page);
    assert_eq!(Heard::of(asked).await.header("access-control-allow-origin"), page);
    let status = nexd.run(&["status", "--json"]).good().json();
    assert_eq!(status[0]["relay"]["lan"], false);
    #[cfg(unix)]
    assert_eq!(status[0]["relay"]["socket"], path);
    for odd in [
        ["--allow-origin", "*"],
        ["--allow-host", "a b"],
        ["--otlp-endpoint", "collector"],
    ] {
        let refused = nexd.run(&["serve", "--port", "0", odd[0], odd[1]]);
        assert_eq!(refused.code, Some(65), "{odd:?} {refused:?}");
    }
    nexd.run_with("Basic dXNlcjpwYXNz\n", &["watch", "collector-secret"])
        .good();
}
