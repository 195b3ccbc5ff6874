//! Chatbox's exports of 2023 and of 2026.

use crate::support::{all, fixture, links, message, opened, shown};

#[test]
fn threads_are_conversations_and_forks_are_branches() {
    let (chats, skipped) = all(&opened(
        "chatbox-exported-data-2026-4-2.json",
        fixture("chatbox/2026.json"),
    ));
    let ids: Vec<_> = chats
        .iter()
        .map(|chat| (chat.foreign_id.as_str(), chat.title.as_str()))
        .collect();
    assert_eq!(ids, [("s-1/th-1", "Earlier"), ("s-1", "Rhymes")]);
    let chat = &chats[1];
    assert_eq!(links(chat), ["u1 < ", "a2 < u1", "a1 < u1", "u9 < a1"]);
    assert_eq!(shown(chat), "user: Rhyme on sea\nassistant: A cup of tea.\n");
    assert_eq!(
        (chat.system_prompt.as_deref(), chat.assistant.as_deref()),
        (Some("You rhyme."), Some("Poet"))
    );
    assert!(chat.pinned, "the star stands in the list at the end of the file");
    assert_eq!((skipped[0].what.as_str(), skipped.len()), ("Damaged", 1));
}

#[test]
fn parts_hold_thoughts_calls_and_words() {
    let (chats, _) = all(&opened("chatbox.json", fixture("chatbox/2026.json")));
    let answer = message(&chats[1], "a2");
    assert_eq!(
        (answer.reasoning.as_deref(), answer.reasoning_ms),
        (Some("tea, bee"), Some(1_500))
    );
    assert_eq!(answer.tool_calls[0].arguments, r#"{"query":"rhymes"}"#);
    assert_eq!(answer.citations[0].url, "https://rhyme.example/sea");
    assert_eq!((answer.tokens_in, answer.tokens_out), (Some(11), Some(5)));
    let names: Vec<_> = message(&chats[1], "u1")
        .assets
        .iter()
        .map(|asset| asset.name.as_str())
        .collect();
    assert_eq!(names, ["picture-image-u1", "words.txt"]);
}

#[test]
fn the_old_list_of_sessions_is_read_and_no_key_comes_along() {
    let (chats, skipped) = all(&opened("chatbox.json", fixture("chatbox/2023.json")));
    assert_eq!((chats.len(), skipped.len()), (2, 0));
    assert_eq!(shown(&chats[0]), "user: Hi\nassistant: Hello!\n");
    assert_eq!(
        chats[0].system_prompt.as_deref(),
        Some("You are a helpful assistant.")
    );
    assert_eq!(chats[0].messages[1].reasoning.as_deref(), Some("A greeting."));
    assert_eq!(chats[0].created_at, Some(1_690_000_000_000));
    let (newer, _) = all(&opened("chatbox.json", fixture("chatbox/2026.json")));
    let kept = format!("{chats:?} {newer:?}");
    assert!(
        !kept.contains("never-read-me") && !kept.contains("LICENSE"),
        "{kept}"
    );
}
