//! `nexd ask`: what goes where, and what happens when somebody stops listening.

use nexdesk_tests::soon;

use crate::nexd::Nexd;

#[test]
fn an_answer_is_printed_while_it_comes() {
    let nexd = Nexd::new();
    let mut asking = nexd.begin(&["ask", "-m", "sandbox-slow", "Write a haiku"]);
    let mut pieces = Vec::new();
    loop {
        let piece = asking.piece();
        if piece.is_empty() {
            break;
        }
        pieces.push(piece);
    }
    asking.ended().good();
    assert!(pieces.len() > 3, "in pieces, not at the end: {pieces:?}");
}

#[test]
fn a_question_can_be_piped_in() {
    let nexd = Nexd::new();
    let long = "an unusual question ".repeat(20_000);
    for arguments in [
        &["ask", "-m", "sandbox-fast", "-"][..],
        &["ask", "-m", "sandbox-fast"],
    ] {
        nexd.run_with(&long, arguments).good();
    }
    let rows = nexd.run(&["usage", "--json"]).good().json();
    assert!(
        rows[0]["rows"][0]["tokens"]["input"].as_u64() > Some(50_000),
        "all of it: {rows:#?}"
    );
    nexd.run_with(" \n", &["ask"]).refused(65);
    nexd.run(&["ask", ""]).refused(65);
}

#[test]
fn the_answer_stands_alone_on_standard_output_and_the_thinking_beside_it() {
    let nexd = Nexd::new();
    let events = nexd
        .run(&["ask", "--json", "-m", "sandbox-reasoning", "Why?"])
        .good();
    let joined = |kind: &str| -> String {
        let events = events.json().into_iter().filter(|event| event["type"] == kind);
        events
            .map(|event| event["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let (thinking, text) = (joined("reasoning"), joined("text"));
    assert!(!thinking.is_empty() && !text.is_empty(), "{events:#?}");
    let asked = nexd.run(&["ask", "-m", "sandbox-reasoning", "Why?"]).good();
    assert_eq!(asked.out.trim_end(), text.trim_end());
    assert!(asked.err.starts_with(thinking.trim_end()), "{asked:#?}");
    assert!(
        !asked.out.contains('\u{1b}') && !asked.err.contains('\u{1b}'),
        "no colours in a pipe"
    );
}

#[test]
fn with_json_every_line_is_an_event_and_the_last_one_the_receipt() {
    let nexd = Nexd::new();
    let lines = nexd.run(&["ask", "--json", "Write a haiku"]).good().json();
    let (receipt, events) = lines.split_last().unwrap();
    assert!(
        events.len() > 3 && events.iter().all(|event| event["type"] == "text"),
        "{events:#?}"
    );
    assert_eq!(receipt["type"], "receipt");
    assert_eq!(receipt["receipt"]["gateway"], "Sandbox");
    assert_eq!(receipt["receipt"]["cost"]["nano"], 0);
}

#[test]
fn a_model_is_found_by_its_name_alone_and_by_its_gateways() {
    let nexd = Nexd::new();
    for model in ["sandbox-fast", "sandbox/sandbox-fast", "Sandbox/sandbox-fast"] {
        let asked = nexd.run(&["ask", "-m", model, "hello"]).good();
        assert!(asked.err.starts_with("sandbox-fast · Sandbox"), "{asked:#?}");
    }
}

#[test]
fn a_model_that_nobody_offers_ends_with_66_and_the_way_to_those_there_are() {
    let nexd = Nexd::new();
    let asked = nexd.run(&["ask", "-m", "gpt-17", "hello"]).refused(66);
    assert!(asked.out.is_empty() && asked.err.contains("gpt-17"), "{asked:#?}");
    assert!(asked.err.contains("nexd models"), "{asked:#?}");
    let told = nexd.run(&["ask", "--json", "-m", "gpt-17", "hello"]);
    let error: serde_json::Value = serde_json::from_str(&told.err).expect("one line of JSON");
    assert_eq!(error["error"]["code"], "model_not_found");
    assert_eq!(error["error"]["fault"], "you");
    assert!(error["error"]["remedy"].is_string() && error["error"].get("detail").is_some());
}

#[test]
fn each_failure_of_a_gateway_ends_with_its_own_code_and_keeps_what_had_come() {
    let nexd = Nexd::new();
    for (model, code) in [
        ("sandbox-bad-401", 77),
        ("sandbox-bad-402", 1),
        ("sandbox-bad-404", 66),
        ("sandbox-bad-429", 1),
        ("sandbox-bad-500", 1),
        ("sandbox-bad-html", 1),
        ("sandbox-bad-error-first", 1),
    ] {
        let asked = nexd
            .run(&["ask", "-m", &format!("sandbox/{model}"), "hello"])
            .refused(code);
        assert!(asked.out.is_empty(), "{model}: {asked:#?}");
    }
    let cut = nexd.run(&["ask", "-m", "sandbox/sandbox-bad-cut", "hello"]);
    assert_eq!(cut.code, Some(1), "{cut:#?}");
    assert!(
        !cut.out.trim().is_empty() && cut.err.contains("nexd: "),
        "{cut:#?}"
    );
}

#[tokio::test]
async fn a_reader_that_leaves_ends_the_answer_quietly_and_the_model_with_it() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let mut asking = nexd.begin(&["ask", "-m", "sandbox-slow", "Tell me something long"]);
    assert!(!asking.piece().is_empty());
    asking.close_the_pipe();
    let ended = asking.ended();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    soon("the exchange is written down as cancelled", async || {
        let rows = nexd.run(&["usage", "--json"]).good().json();
        (rows[0]["rows"][0]["outcome"] == "cancelled").then_some(())
    })
    .await;
    drop(serving);
}

#[test]
fn a_list_nobody_reads_ends_quietly() {
    let nexd = Nexd::new();
    let mut listing = nexd.begin(&["models"]);
    listing.close_the_pipe();
    let ended = listing.ended();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn ctrl_c_stops_the_model_and_the_row_says_so() {
    let nexd = Nexd::new();
    let mut asking = nexd.begin(&["ask", "-m", "sandbox-slow", "Tell me something long"]);
    assert!(!asking.piece().is_empty());
    asking.signal("INT");
    assert_eq!(asking.ended().code, Some(130));
    let rows = nexd.run(&["usage", "--json"]).good().json();
    assert_eq!(rows[0]["rows"][0]["outcome"], "cancelled");
}
