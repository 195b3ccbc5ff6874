//! Jan's data folder, as a folder and zipped.

use nexdesk_chats::{Source, open};

use crate::support::{all, fixture, links, message, only, opened, shown, zipped};

fn data() -> Vec<u8> {
    zipped(&[
        ("jan/threads/01HXTHREAD/thread.json", &fixture("jan/thread.json")),
        (
            "jan/threads/01HXTHREAD/messages.jsonl",
            &fixture("jan/messages.jsonl"),
        ),
        (
            "jan/threads/jan_1720000000/thread.json",
            br#"{"object":"thread","title":"Files","created":1720000000,"assistants":[]}"#,
        ),
        (
            "jan/threads/jan_1720000000/messages.jsonl",
            &fixture("jan/old-messages.jsonl"),
        ),
        (
            "jan/threads/empty/thread.json",
            br#"{"id":"empty","title":"Never used"}"#,
        ),
        ("jan/threads/broken/thread.json", b"{not json"),
    ])
}

#[test]
fn the_chosen_child_is_shown_and_a_lost_answer_finds_its_question() {
    let (chats, _) = all(&opened("jan.zip", data()));
    let chat = &chats[0];
    assert_eq!(
        (chat.source, chat.title.as_str(), chat.pinned),
        (Source::Jan, "Branching & tools", true)
    );
    assert_eq!(
        (chat.model.as_deref(), chat.assistant.as_deref()),
        (Some("gemma-3"), Some("Jan"))
    );
    assert_eq!(chat.created_at, Some(1_750_000_000_500));
    assert_eq!(links(chat), ["u1 < ", "a1 < u1", "a2 < u1", "u2 < a1", "a3 < u2"]);
    assert_eq!(
        shown(chat),
        "user: What is this?\nassistant: A cat.\nuser: Sure?\nassistant: Yes.\n"
    );
    let answer = message(chat, "a1");
    assert_eq!(answer.tool_calls[0].result.as_deref(), Some("cat 99%"));
    assert_eq!(message(chat, "u1").assets[0].mime.as_deref(), Some("image/png"));
}

#[test]
fn old_threads_are_a_row_whose_tools_belong_to_one_answer() {
    let (chats, _) = all(&opened("jan.zip", data()));
    let chat = &chats[1];
    assert_eq!(
        (chat.foreign_id.as_str(), chat.title.as_str()),
        ("jan_1720000000", "Files")
    );
    assert_eq!(
        shown(chat),
        "user: List the files\nassistant: Looking. /  / There is a.txt.\n"
    );
    let answer = message(chat, "02");
    assert_eq!(answer.reasoning.as_deref(), Some("I need a tool."));
    let call = &answer.tool_calls[0];
    assert_eq!(
        (call.name.as_str(), call.result.as_deref()),
        ("list_dir", Some("a.txt"))
    );
}

#[test]
fn a_broken_thread_and_an_empty_one_are_reported() {
    let (chats, skipped) = all(&opened("jan.zip", data()));
    assert_eq!(chats.len(), 2);
    let mut said: Vec<_> = skipped
        .iter()
        .map(|one| (one.what.as_str(), one.why.as_str()))
        .collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            ("Never used", "it has no messages"),
            ("broken", "its JSON is damaged")
        ]
    );
}

#[test]
fn the_folder_itself_is_read_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let thread = folder.path().join("threads/01HXTHREAD");
    std::fs::create_dir_all(&thread).unwrap();
    std::fs::write(thread.join("thread.json"), fixture("jan/thread.json")).unwrap();
    std::fs::write(thread.join("messages.jsonl"), fixture("jan/messages.jsonl")).unwrap();
    for chosen in [folder.path(), thread.as_path()] {
        let (chats, skipped) = all(&open(chosen).unwrap());
        assert_eq!((chats.len(), skipped.len()), (1, 0), "{}", chosen.display());
        let zipped_up = only(
            "jan.zip",
            zipped(&[
                ("thread.json", &fixture("jan/thread.json")),
                ("messages.jsonl", &fixture("jan/messages.jsonl")),
            ]),
        );
        assert_eq!(chats[0], zipped_up);
    }
}
