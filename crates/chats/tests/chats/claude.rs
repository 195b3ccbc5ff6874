//! Claude's export, branched and from before branches.

use nexdesk_chats::{Place, Source};

use crate::support::{all, fixture, links, message, opened, shown, zipped};

fn export() -> Vec<u8> {
    zipped(&[
        ("conversations.json", &fixture("claude/conversations.json")),
        ("users.json", br#"[{"uuid":"u","email_address":"x@example.com"}]"#),
        ("projects/p-1.json", br#"{"uuid":"p-1","name":"Travel"}"#),
        ("memories.json", b"[]"),
    ])
}

#[test]
fn blocks_are_read_and_not_the_flattened_text() {
    let (chats, _) = all(&opened("claude.zip", export()));
    let chat = &chats[0];
    assert_eq!((chat.source, chat.foreign_id.as_str()), (Source::Claude, "c-1"));
    assert_eq!((chat.folder.as_deref(), chat.pinned), (Some("Travel"), true));
    let answer = message(chat, "m4");
    assert_eq!(answer.text, "It is quiet.");
    let search = &answer.tool_calls[0];
    assert_eq!(search.arguments, r#"{"query":"ravello"}"#);
    assert_eq!(
        search.result.as_deref(),
        Some("Ravello guide\nhttps://ravello.example/\nIt is quiet.")
    );
    let artifact = &answer.tool_calls[1];
    assert!(
        artifact.failed && artifact.result.as_deref() == Some("refused"),
        "{artifact:?}"
    );
    assert_eq!(answer.citations[0].title, "Ravello guide");
    let thought = message(chat, "m2a");
    assert_eq!(
        (thought.reasoning.as_deref(), thought.reasoning_ms),
        (Some("Comparing."), Some(3_500))
    );
}

#[test]
fn both_answers_stay_and_the_newest_branch_is_shown() {
    let (chats, _) = all(&opened("claude.zip", export()));
    assert_eq!(
        links(&chats[0]),
        ["m1 < ", "m2a < m1", "m2b < m1", "m3 < m2b", "m4 < m3"]
    );
    assert_eq!(
        shown(&chats[0]),
        "user: Which town?\nassistant: Ravello.\nuser: Why?\nassistant: It is quiet.\n"
    );
}

#[test]
fn the_text_of_a_document_comes_along_and_other_files_are_named() {
    let export = opened("claude.zip", export());
    let (chats, _) = all(&export);
    let assets = &message(&chats[0], "m1").assets;
    assert_eq!(assets[0].name, "plan.txt", "a path in a name is no path");
    assert_eq!(&*export.read(&assets[0]).unwrap(), b"Day 1: walk");
    assert_eq!(
        (assets[1].name.as_str(), &assets[1].place),
        ("photo.png", &Place::Missing)
    );
}

#[test]
fn messages_of_2023_follow_each_other_and_an_empty_one_is_reported() {
    let (chats, skipped) = all(&opened(
        "conversations.json",
        fixture("claude/conversations.json"),
    ));
    assert_eq!(links(&chats[1]), ["o1 < ", "o2 < o1"]);
    assert_eq!(chats[1].title, "Hello from 2023");
    assert_eq!(skipped[0].what, "Nothing said");
    assert_eq!(skipped[0].why, "it has no messages");
}
