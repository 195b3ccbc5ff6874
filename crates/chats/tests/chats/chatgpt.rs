//! ChatGPT's export, numbered and whole, with files under all the names they have had.

use nexdesk_chats::{Place, Source};

use crate::support::{all, fixture, links, message, only, opened, shown, zipped};

const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 13, 10, 26, 10];

fn numbered() -> Vec<u8> {
    zipped(&[
        (
            "conversations-001.json",
            &fixture("chatgpt/conversations-001.json"),
        ),
        (
            "conversations-000.json",
            &fixture("chatgpt/conversations-000.json"),
        ),
        (
            "conversation_asset_file_names.json",
            br#"{"file-One1.dat":"first.jpg","file_00000000abcd.dat":"town.png"}"#,
        ),
        ("file-One1.dat", &[0xFF, 0xD8, 0xFF, 0xE0]),
        ("file_00000000abcd.dat", PNG),
        ("user.json", br#"{"email":"somebody@example.com"}"#),
        ("__MACOSX/._conversations-000.json", b"junk"),
    ])
}

#[test]
fn one_answer_is_made_of_its_thoughts_calls_returns_and_text() {
    let (chats, _) = all(&opened("chatgpt.zip", numbered()));
    let chat = &chats[0];
    assert_eq!(
        (chat.source, chat.foreign_id.as_str()),
        (Source::ChatGpt, "6b0f-1")
    );
    assert_eq!((chat.pinned, chat.archived), (true, false));
    assert_eq!(chat.created_at, Some(1_756_000_000_123));
    assert_eq!(links(chat), ["u1 < ", "t1 < u1", "b1 < u1", "u2 < t1", "d1 < u2"]);
    let answer = message(chat, "t1");
    assert_eq!(
        answer.reasoning.as_deref(),
        Some("**Towns**\n\nComparing the towns.\n\nPrices")
    );
    assert_eq!(answer.reasoning_ms, Some(67_000));
    assert_eq!(answer.model.as_deref(), Some("gpt-5-thinking"));
    let call = &answer.tool_calls[0];
    assert_eq!(
        (call.name.as_str(), call.result.as_deref()),
        ("web.run", Some("Positano is steep."))
    );
    assert!(call.arguments.contains("coast hotels"));
    assert_eq!(answer.tool_calls.len(), 1);
}

#[test]
fn citation_marks_become_links_to_pages_and_nothing_else() {
    let (chats, _) = all(&opened("chatgpt.zip", numbered()));
    let answer = message(&chats[0], "t1");
    assert_eq!(
        answer.text,
        "Stay in Positano. [guide.example](https://guide.example/amalfi) It is steep."
    );
    let urls: Vec<&str> = answer.citations.iter().map(|page| page.url.as_str()).collect();
    assert_eq!(
        urls,
        ["https://coast.example/towns", "https://guide.example/amalfi"]
    );
    let old = message(&chats[1], "a1");
    assert_eq!(
        old.text,
        "A harbour [harbour.example](https://harbour.example/) with 12 boats【tide】."
    );
}

#[test]
fn pictures_are_found_by_their_id_and_read_when_asked_for() {
    let export = opened("chatgpt.zip", numbered());
    let (chats, _) = all(&export);
    let drawn = &message(&chats[0], "d1").assets[0];
    assert_eq!(
        (drawn.name.as_str(), drawn.mime.as_deref()),
        ("town.png", Some("image/png"))
    );
    assert_eq!(&*export.read(drawn).unwrap(), PNG);
    let names: Vec<_> = message(&chats[1], "u1")
        .assets
        .iter()
        .map(|asset| (asset.name.as_str(), asset.place == Place::Missing))
        .collect();
    assert_eq!(
        names,
        [("harbour.jpg", false), ("file_gone", true), ("notes.pdf", true)]
    );
    assert!(export.read(&message(&chats[1], "u1").assets[2]).is_err());
}

#[test]
fn files_of_older_exports_begin_with_their_id() {
    let old = zipped(&[
        (
            "export/conversations.json",
            &fixture("chatgpt/conversations-001.json"),
        ),
        ("export/file-One1-harbour at noon.jpg", &[0xFF, 0xD8, 0xFF]),
        ("export/chat.html", b"<html>"),
    ]);
    let export = opened("old.zip", old);
    let (chats, _) = all(&export);
    let photo = &chats[0].messages[0].assets[0];
    assert_eq!(
        (photo.name.as_str(), export.read(photo).unwrap().len()),
        ("harbour.jpg", 3)
    );
    assert_eq!(
        chats[0].title, "What is on this photo?",
        "without a title it is the question"
    );
    assert_eq!(
        message(&chats[0], "a2").tool_calls[0].result.as_deref(),
        Some("12")
    );
}

#[test]
fn what_chatgpt_hides_stays_hidden_and_the_branch_on_show_is_kept() {
    let (chats, skipped) = all(&opened("chatgpt.zip", numbered()));
    assert!(!format!("{chats:?}").contains("Private things"));
    let branch = shown(&chats[0]);
    assert!(
        branch.starts_with("user: Where should I stay?\nassistant: Stay in Positano."),
        "{branch}"
    );
    assert!(
        branch.ends_with("user: Draw it.\nassistant: Here it is.\n"),
        "{branch}"
    );
    assert_eq!(skipped.len(), 1);
    assert_eq!(
        (skipped[0].what.as_str(), skipped[0].why.as_str()),
        ("Corrupted entry", "it is not a conversation")
    );
}

#[test]
fn a_single_conversation_or_a_wrapped_list_is_an_export_too() {
    let list: Vec<serde_json::Value> =
        serde_json::from_slice(&fixture("chatgpt/conversations-001.json")).unwrap();
    let single = only("one.json", list[0].to_string().into_bytes());
    let wrapped = only(
        "list.json",
        serde_json::json!({"exported": true, "conversations": list})
            .to_string()
            .into_bytes(),
    );
    assert_eq!(single, wrapped);
    assert!(single.archived);
}

#[test]
fn the_same_export_twice_has_the_same_ids() {
    let ids = |chats: &[nexdesk_chats::Chat]| -> Vec<String> {
        chats
            .iter()
            .flat_map(|chat| links(chat).into_iter().chain([chat.foreign_id.clone()]))
            .collect()
    };
    let export = opened("chatgpt.zip", numbered());
    let first = ids(&all(&export).0);
    assert_eq!(
        first,
        ids(&all(&export).0),
        "the report and the import go through it one after the other"
    );
    assert_eq!(first, ids(&all(&opened("again.zip", numbered())).0));
}
