//! Open WebUI's export: histories, details in the text, items of output, and lists from before histories.

use nexdesk_chats::Source;

use crate::support::{all, fixture, links, message, opened, shown};

#[test]
fn histories_are_trees_with_thoughts_and_files() {
    let export = opened("chat-export-1700000012.json", fixture("openwebui/export.json"));
    let (chats, skipped) = all(&export);
    assert_eq!((chats.len(), skipped.len()), (4, 0));
    let chat = &chats[0];
    assert_eq!((chat.source, chat.pinned), (Source::OpenWebUi, true));
    assert_eq!(
        (chat.system_prompt.as_deref(), chat.created_at),
        (Some("Be exact."), Some(1_700_000_000_000))
    );
    assert_eq!(links(chat), ["m1 < ", "m2 < m1", "m3 < m1"]);
    assert_eq!(shown(chat), "user: What is 15 * 17?\nassistant: 255\n");
    let answer = message(chat, "m2");
    assert_eq!(
        (answer.reasoning.as_deref(), answer.reasoning_ms),
        (Some("Break it down.\n150 + 105"), Some(3_000))
    );
    assert_eq!(answer.citations[0].title, "Tables");
    let assets = &message(chat, "m1").assets;
    assert_eq!(
        (assets[0].mime.as_deref(), assets[1].name.as_str()),
        (Some("image/png"), "sums.txt")
    );
    assert_eq!(&*export.read(&assets[1]).unwrap(), b"15*17");
}

#[test]
fn tools_in_the_text_are_taken_out_and_ordinary_details_stay() {
    let (chats, _) = all(&opened("chats.json", fixture("openwebui/export.json")));
    let answer = message(&chats[1], "b");
    assert_eq!(
        answer.text,
        "Rain. <details><summary>kept</summary>mine</details>"
    );
    let call = &answer.tool_calls[0];
    assert_eq!(
        (call.name.as_str(), call.arguments.as_str()),
        ("get_weather", r#"{"city": "Paris"}"#)
    );
    assert_eq!(call.result.as_deref(), Some("18C, rain"));
    assert!(chats[1].archived);
}

#[test]
fn items_of_output_tell_it_better_than_the_text() {
    let (chats, _) = all(&opened("chats.json", fixture("openwebui/export.json")));
    let answer = message(&chats[2], "b");
    assert_eq!(
        (answer.text.as_str(), answer.reasoning.as_deref()),
        ("Rain, 18C.", Some("Ask the tool."))
    );
    assert_eq!((answer.reasoning_ms, answer.tool_calls.len()), (Some(2_000), 1));
    assert_eq!(answer.tool_calls[0].result.as_deref(), Some("18C, rain"));
}

#[test]
fn chats_from_before_histories_are_rows() {
    let (chats, _) = all(&opened("chats.json", fixture("openwebui/export.json")));
    assert_eq!(shown(&chats[3]), "user: Hi\nassistant: Hello\n");
    assert_eq!(links(&chats[3]), ["#0 < ", "#1 < #0"]);
}
