//! Files: kept, sent in the shape the gateway takes, refused where the model cannot see.

use std::path::PathBuf;

use nexdesk_app::chat::{AttachmentKind, SendMessage};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::{World, collecting};

use super::{asking, last_sent};

const MODEL: &str = "upstream/sandbox-chat";
/// One pixel.
#[rustfmt::skip]
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82,
    0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31, 21, 196,
    137, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 191, 64, 225,
    63, 0, 7, 32, 2, 191, 35, 177, 117, 102, 0, 0, 0, 0, 73, 69,
    78, 68, 174, 66, 96, 130,
];

fn kept_files(world: &World) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![world.data_dir().join("media")];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for entry in entries {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => found.push(path),
            }
        }
    }
    found
}

fn with(model: &str, text: &str, attachments: &[String]) -> SendMessage {
    SendMessage {
        attachments: attachments.to_vec(),
        ..asking(model, text)
    }
}

#[tokio::test]
async fn a_picture_goes_as_a_data_url_before_the_words_and_again_with_the_next_question() {
    let mut world = World::new().await;
    let picture = world
        .app()
        .attach_file("灯塔.png", "image/png", PNG.to_vec())
        .await
        .unwrap();
    let seen = world.app().load_picture(&picture.id).unwrap();
    assert!(
        seen.starts_with("data:image/png;base64,"),
        "the thread can show it: {seen:.40}"
    );
    let none = world.app().load_picture("nowhere").unwrap_err();
    assert_eq!(none.code, ProblemCode::NotFound);
    assert_eq!(
        (picture.kind, picture.size),
        (AttachmentKind::Picture, PNG.len() as u64)
    );
    assert!(picture.tokens.is_some_and(|tokens| tokens > 0) && picture.problem.is_none());

    let first = world
        .window()
        .asks_with(with(MODEL, "What is this?", std::slice::from_ref(&picture.id)))
        .await;

    let content = &last_sent(&world)["messages"][0]["content"];
    let url = content[0]["image_url"]["url"].as_str().unwrap();
    assert!(url.starts_with("data:image/png;base64,iVBOR"), "{url:.40}");
    assert_eq!(content[1]["text"], "What is this?");

    world.reopen();
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert_eq!(opened.messages[0].attachments, std::slice::from_ref(&picture));
    world
        .window()
        .sends(
            Some(&first.conversation),
            Some(&first.id),
            MODEL,
            "And its colour?",
        )
        .await
        .ended()
        .await;
    assert_eq!(
        last_sent(&world)["messages"][0]["content"][0]["type"],
        "image_url"
    );
}

#[tokio::test]
async fn a_text_goes_as_text_in_one_string_for_gateways_that_take_no_parts() {
    let world = World::new().await;
    let file = world
        .app()
        .attach_file("keeper.py", "", b"light(7)\n".to_vec())
        .await
        .unwrap();
    assert_eq!(file.kind, AttachmentKind::Text);
    world
        .window()
        .asks_with(with(MODEL, "What does it do?", &[file.id]))
        .await;
    let sent = last_sent(&world);
    let content = sent["messages"][0]["content"].as_str().expect("one string");
    assert!(
        content.contains("keeper.py") && content.contains("light(7)"),
        "{content}"
    );
    assert!(content.ends_with("What does it do?"), "{content}");
}

#[tokio::test]
async fn a_blind_model_is_told_apart_before_anything_is_written_or_sent() {
    let world = World::new().await;
    let picture = world
        .app()
        .attach_file("a.png", "image/png", PNG.to_vec())
        .await
        .unwrap();
    let (sink, _kept) = collecting();
    let ask = with("upstream/gpt-3.5-turbo", "What is this?", &[picture.id]);
    let refused = world.app().send_message(ask, sink).await.unwrap_err();
    assert_eq!(
        refused.code,
        ProblemCode::NotTaken,
        "the page can offer another model"
    );
    assert!(refused.message.contains("a.png"), "{refused}");
    assert!(world.chats_seen().is_empty());
    assert!(world.app().list_conversations(None).unwrap().is_empty());
}

#[tokio::test]
async fn a_draft_keeps_its_files_and_a_file_nobody_has_is_forgotten() {
    let mut world = World::new().await;
    let app = world.app();
    let kept = app.attach_file("a.png", "image/png", PNG.to_vec()).await.unwrap();
    let dropped = app
        .attach_file("b.txt", "text/plain", b"a note".to_vec())
        .await
        .unwrap();
    app.save_draft(None, String::new(), vec![kept.id.clone()]).await;
    app.ledger().flush().await.unwrap();
    assert_eq!(kept_files(&world).len(), 2);

    world.app().drop_attachment(&dropped.id).await.unwrap();
    world.app().drop_attachment(&kept.id).await.unwrap();

    assert_eq!(kept_files(&world).len(), 1, "the draft still has the other");
    world.reopen();
    assert_eq!(world.app().new_draft().unwrap().attachments, [kept]);
}

#[tokio::test]
async fn the_same_file_twice_is_kept_once_and_goes_with_the_last_who_has_it() {
    let world = World::new().await;
    let app = world.app();
    let one = app.attach_file("a.txt", "", b"the same".to_vec()).await.unwrap();
    let other = app.attach_file("b.txt", "", b"the same".to_vec()).await.unwrap();
    assert_eq!(kept_files(&world).len(), 1);
    app.drop_attachment(&one.id).await.unwrap();
    assert_eq!(kept_files(&world).len(), 1);
    app.drop_attachment(&other.id).await.unwrap();
    assert!(kept_files(&world).is_empty());
}

#[tokio::test]
async fn what_no_model_reads_and_what_is_not_there_is_said_in_words() {
    let world = World::new().await;
    let unknown = world
        .app()
        .attach_file("a.bin", "", vec![0, 159, 146, 150, 0, 1])
        .await
        .unwrap_err();
    assert!(unknown.message.contains("a.bin"), "{unknown}");
    let missing = world.app().attach_path("/nowhere/at/all.txt").await.unwrap_err();
    assert!(missing.message.contains("all.txt"), "{missing}");
    let folder = world
        .app()
        .attach_path(world.data_dir().to_str().unwrap())
        .await
        .unwrap_err();
    assert!(folder.message.contains("is no file"), "{folder}");
    let path = world.data_dir().join("note.md");
    std::fs::write(&path, "# Oil").unwrap();
    let read = world.app().attach_path(path.to_str().unwrap()).await.unwrap();
    assert_eq!((read.name.as_str(), read.kind), ("note.md", AttachmentKind::Text));
}
