//! LibreChat's export, nested and flat.

use nexdesk_chats::Source;

use crate::support::{all, fixture, links, message, only, opened, shown, zipped};

#[test]
fn nested_answers_are_a_tree() {
    let chat = only("conversation.json", fixture("librechat/recursive.json"));
    assert_eq!(
        (chat.source, chat.foreign_id.as_str()),
        (Source::LibreChat, "l-1")
    );
    assert_eq!(
        (chat.assistant.as_deref(), chat.model.as_deref()),
        (Some("Software Engineer"), Some("gpt-4-turbo"))
    );
    assert_eq!(chat.system_prompt.as_deref(), Some("You are an expert."));
    assert_eq!(
        links(&chat),
        ["q1 < ", "r1 < q1", "q2 < r1", "r2 < q2", "r3 < q2", "q3 < r1"]
    );
    assert!(
        shown(&chat).ends_with("user: thanks\nassistant: You're welcome!\n"),
        "the newest branch"
    );
    assert_eq!(message(&chat, "r1").tokens_out, Some(504));
}

#[test]
fn flat_messages_with_parts_are_the_same_tree() {
    let chat = only("conversation.json", fixture("librechat/flat.json"));
    assert_eq!(links(&chat), ["a < ", "b < a", "c < a", "d < b", "e < d"]);
    let answer = message(&chat, "b");
    assert_eq!(answer.text, "Something happened.\n\nMore soon.");
    assert_eq!(
        (
            answer.reasoning.as_deref(),
            answer.tool_calls[0].result.as_deref()
        ),
        (Some("Search."), Some("found 1"))
    );
    assert_eq!(answer.citations[0].url, "https://news.example/1");
    assert_eq!(message(&chat, "c").reasoning.as_deref(), Some("Quick."));
    assert_eq!(message(&chat, "e").problem.as_deref(), Some("Rate limited."));
    assert_eq!(message(&chat, "a").assets[0].name, "chart.png");
}

#[test]
fn a_zip_of_many_exports_is_one_import() {
    let bytes = zipped(&[
        ("one.json", &fixture("librechat/recursive.json")),
        ("two.json", &fixture("librechat/flat.json")),
        ("notes.json", br#"{"unrelated": true}"#),
    ]);
    let (chats, skipped) = all(&opened("chats.zip", bytes));
    assert_eq!((chats.len(), skipped.len()), (2, 0));
}

#[test]
fn ten_thousand_nested_answers_need_no_deep_stack() {
    let mut text = r#"{"conversationId":"deep","title":"Deep","recursive":true,"messages":["#.to_owned();
    for at in 0..10_000 {
        text.push_str(&format!(
            r#"{{"messageId":"{at}","text":"m{at}","isCreatedByUser":{},"children":["#,
            at % 2 == 0
        ));
    }
    text.push_str(&"]}".repeat(10_000));
    text.push_str("]}");
    let chat = only("deep.json", text.into_bytes());
    assert_eq!(chat.branch().len(), 10_000);
    assert_eq!(chat.messages[9_999].text, "m9999");
}
