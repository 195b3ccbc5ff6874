//! `nexd serve` and `nexd sandbox`: where they listen, and how they end.

use std::net::TcpListener;

use nexdesk_tests::Cursor;

use crate::nexd::Nexd;

fn token(nexd: &Nexd) -> String {
    nexd.run(&["tokens", "add", "cursor"])
        .good()
        .out
        .trim()
        .to_owned()
}

#[test]
fn a_taken_port_is_left_alone_and_the_one_used_instead_is_said() {
    let nexd = Nexd::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut serving = nexd.begin(&["serve", "--port", &port]);
    let line = serving.line();
    assert!(
        line.contains("http://127.0.0.1:") && !line.contains(&format!(":{port}/")),
        "another one: {line}"
    );
    serving.signal("TERM");
    let ended = serving.ended().good();
    assert!(
        ended.err.contains(&format!("Port {port} was taken")),
        "{ended:#?}"
    );

    let serving = nexd.listen(&["serve", "--json", "--port", &port]);
    assert!(!serving.url.contains(&format!(":{port}/")));
    let status = nexd.run(&["status", "--json"]).good().json();
    assert_eq!(status[0]["relay"]["state"], "moved");
    assert_eq!(status[0]["relay"]["url"], serving.url);
}

#[tokio::test]
async fn a_signal_lets_running_streams_end_and_lets_nobody_else_in() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let cursor = Cursor::new(serving.root(), &token(&nexd));
    let mut hearing = cursor.begins("sandbox-slow", "Write a haiku").await;
    hearing.until(1).await;
    let asking = nexd.begin(&["ask", "-m", "sandbox-slow", "Write a haiku"]);
    let mut asking = Some(asking);
    assert!(!asking.as_mut().unwrap().piece().is_empty());
    serving.signal("TERM");
    let heard = hearing.rest().await;
    assert!(heard.whole && heard.is_done(), "to its end: {heard:?}");
    let asked = asking.take().unwrap().ended().good();
    assert!(
        asked.err.contains("sandbox-slow · Sandbox"),
        "with its receipt: {asked:#?}"
    );
    serving.ended().good();
    let rows = nexd.run(&["usage", "--json"]).good().json();
    let outcomes = rows[0]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["outcome"]);
    assert!(outcomes.eq(["ok", "ok"]), "{rows:#?}");
}

#[tokio::test]
async fn a_second_signal_ends_at_once_and_the_broken_stream_is_told_from_a_whole_one() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let cursor = Cursor::new(serving.root(), &token(&nexd));
    let mut hearing = cursor.begins("sandbox-slow", "Tell me something long").await;
    hearing.until(1).await;
    serving.signal("INT");
    // The first signal has been taken once nobody else is let in.
    nexdesk_tests::soon("the door is closed", async || {
        let refused = cursor.request(http::Method::GET, "/v1/models").send().await;
        refused.err().filter(reqwest::Error::is_connect)
    })
    .await;
    serving.signal("INT");
    assert_eq!(serving.ended().code, Some(130));
    let heard = hearing.rest().await;
    assert!(!heard.whole && !heard.is_done(), "cut off: {heard:?}");
    let rows = nexd.run(&["usage", "--json"]).good().json();
    assert_eq!(rows[0]["rows"][0]["outcome"], "interrupted");
}

#[tokio::test]
async fn the_sandbox_alone_answers_anybody_and_names_what_it_offers() {
    let nexd = Nexd::new();
    let sandbox = nexd.listen(&["sandbox", "--json"]);
    let heard = Cursor::new(sandbox.root(), "any-key")
        .asks("sandbox-fast", "hello")
        .await;
    assert_eq!(heard.status, 200);
    sandbox.signal("TERM");
    sandbox.ended().good();

    let mut sandbox = nexd.begin(&["sandbox"]);
    assert!(sandbox.line().contains("http://127.0.0.1:"));
    sandbox.signal("INT");
    let ended = sandbox.ended().good();
    assert!(
        ended.out.contains("sandbox-chat") && ended.out.contains("sandbox-bad-cut"),
        "{ended:#?}"
    );
    assert!(!nexd.data_dir().exists(), "it keeps nothing");

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    nexd.run(&["sandbox", "--port", &port]).refused(69);
}
