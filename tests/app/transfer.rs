//! Conversations from other programs and for them: looked at first, taken over once, written whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nexdesk_app::chat::{ExportFormat, Reader, Role};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::{World, open, options};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::mortality::{Mortal, random};

/// As ChatGPT exports them: this many conversations, each a question and its answer.
fn chatgpt(dir: &Path, count: usize) -> PathBuf {
    let conversation = |number: usize| {
        let message = |id: &str, role: &str, text: String, parent: Option<&str>, child: Option<&str>| {
            json!({
                "id": id, "parent": parent, "children": child.into_iter().collect::<Vec<_>>(),
                "message": {
                    "id": id, "author": { "role": role }, "create_time": 1_756_000_000.0 + number as f64,
                    "content": { "content_type": "text", "parts": [text] }, "metadata": {}, "recipient": "all",
                },
            })
        };
        json!({
            "title": format!("Lighthouse {number}"), "create_time": 1_756_000_000.0, "update_time": 1_756_000_400.0,
            "conversation_id": format!("conversation-{number}"), "id": format!("conversation-{number}"),
            "current_node": "a",
            "mapping": {
                "q": message("q", "user", format!("Question {number}?"), None, Some("a")),
                "a": message("a", "assistant", format!("Answer {number}. {}", "十一只纸船。".repeat(50)), Some("q"), None),
            },
        })
    };
    let all: Vec<Value> = (0..count).map(conversation).collect();
    let path = dir.join("conversations.json");
    fs::write(&path, serde_json::to_vec(&all).unwrap()).unwrap();
    path
}

#[tokio::test]
async fn an_import_is_looked_at_first_then_taken_over_and_never_twice() {
    let world = World::new().await;
    let dir = TempDir::new().unwrap();
    let path = chatgpt(dir.path(), 30);
    let path = path.to_str().unwrap();

    let planned = world.app().read_import(path).await.unwrap();
    assert_eq!(
        (planned.source.as_str(), planned.conversations, planned.messages),
        ("ChatGPT", 30, 60)
    );
    assert!(
        world.app().list_conversations(None).unwrap().is_empty(),
        "only looked at"
    );

    let done = world.app().run_import(path).await.unwrap();
    assert_eq!(done, planned);
    let hit = world.app().search("\"answer 7\"", 10).unwrap().remove(0);
    assert_eq!(hit.title, "Lighthouse 7");
    let opened = world.app().open_conversation(&hit.conversation).unwrap();
    assert_eq!(opened.leaf.as_deref(), Some(hit.message.as_str()));
    let roles: Vec<_> = opened.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::User, Role::Assistant]);

    let again = world.app().run_import(path).await.unwrap();
    assert_eq!((again.conversations, again.messages, again.already), (0, 0, 30));
    assert_eq!(world.app().list_conversations(None).unwrap().len(), 30);
}

#[tokio::test]
async fn an_import_that_is_killed_has_lost_nothing_and_the_next_one_ends_it() {
    const COUNT: usize = 600;
    let (dir, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let path = chatgpt(dir.path(), COUNT);
    let path = path.to_str().unwrap();
    let mut there = 0;
    // Each life goes on from where the one before it was killed.
    for _ in 0..3 {
        let mortal = Mortal::begun(data.path(), &["imports", path]);
        let before = there;
        let words = 1 + random(6);
        let mut heard = 0;
        let told = mortal.killed_when(|_| {
            heard += 1;
            heard == words
        });
        let told = told.await.pop().expect("it says how far it is");
        let (told, messages) = (told["conversations"].as_u64(), told["messages"].as_u64());

        let app = open(options(data.path()));
        let listed = app.list_conversations(None).unwrap();
        there = listed.len();
        assert!(
            there as u64 >= told.unwrap() && there < COUNT,
            "{told:?} were told, {there} are there"
        );
        let new = listed.iter().map(|one| one.messages).sum::<u64>() - before as u64 * 2;
        assert!(
            new >= messages.unwrap(),
            "{messages:?} were told, {new} are there"
        );
        assert!(listed.iter().all(|one| one.messages == 2), "each is whole");
        app.close(Duration::from_secs(5));
    }
    let app = open(options(data.path()));
    let report = app.run_import(path).await.unwrap();
    assert_eq!(report.already as usize, there);
    assert_eq!(report.conversations as usize, COUNT - there);
    assert_eq!(app.list_conversations(None).unwrap().len(), COUNT);
    assert_eq!(app.search("\"question 599\"", 10).unwrap().len(), 1);
    app.close(Duration::from_secs(5));
}

#[tokio::test]
async fn what_is_no_export_is_said_to_be_none() {
    let world = World::new().await;
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("letter.txt");
    fs::write(&path, "Dear all").unwrap();
    let refused = world.app().run_import(path.to_str().unwrap()).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::InvalidInput);
    let missing = world.app().read_import("/nowhere/export.zip").await;
    assert_eq!(missing.unwrap_err().code, ProblemCode::InvalidInput);
}

#[tokio::test]
async fn an_export_is_written_whole_under_its_title_and_comes_back_elsewhere() {
    let world = World::new().await;
    let answer = world.window().asks("upstream/sandbox-chat", "Boats: a/b?").await;
    let dir = TempDir::new().unwrap();
    let export = |format| {
        world
            .app()
            .export_conversation(&answer.conversation, format, dir.path())
    };
    let page = export(ExportFormat::Markdown).await.unwrap();
    assert_eq!(page.file_name().unwrap(), "Boats a b.md");
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("Boats: a/b?") && text.contains(&answer.text()));
    let second = export(ExportFormat::Markdown).await.unwrap();
    assert_eq!(second.file_name().unwrap(), "Boats a b (2).md");
    let html = export(ExportFormat::Html).await.unwrap();
    assert!(fs::read_to_string(html).unwrap().contains("<html"));
    let json = export(ExportFormat::Json).await.unwrap();
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        4,
        "nothing half-written is left"
    );

    let here = world.app().run_import(json.to_str().unwrap()).await.unwrap();
    assert_eq!((here.conversations, here.already), (0, 1), "it never left");
    let elsewhere = World::new().await;
    let there = elsewhere.app().run_import(json.to_str().unwrap()).await.unwrap();
    assert_eq!(
        (there.source.as_str(), there.conversations, there.messages),
        ("Nexdesk", 1, 2)
    );
    let listed = elsewhere.app().list_conversations(None).unwrap().remove(0);
    let arrived = elsewhere.app().open_conversation(&listed.id).unwrap();
    assert_eq!(arrived.messages[1].text, answer.text());
}

#[tokio::test]
async fn an_export_goes_where_the_person_said_in_their_words_and_by_their_clock() {
    let world = World::new().await;
    let answer = world.window().asks("upstream/sandbox-chat", "Boats: a/b?").await;
    let reader = |offset_minutes| Reader {
        chinese: true,
        offset_minutes,
    };
    let exported = |reader| {
        world
            .app()
            .exported(&answer.conversation, ExportFormat::Html, reader)
    };
    let [here, elsewhere] = [
        exported(reader(0)).await.unwrap(),
        exported(reader(8 * 60)).await.unwrap(),
    ];
    assert_eq!(here.name, "Boats a b.html");
    assert!(here.text.contains("zh-CN") && here.text.contains("用户"));
    assert_ne!(here.text, elsewhere.text, "eight hours east it is later");

    let dir = TempDir::new().unwrap();
    let place = dir.path().join("chosen.html");
    fs::write(&place, "what stood there before").unwrap();
    let text = here.text.clone();
    world.app().write_export(here, &place).await.unwrap();
    assert_eq!(fs::read_to_string(&place).unwrap(), text);
    assert_eq!(
        fs::read_dir(dir.path()).unwrap().count(),
        1,
        "nothing half-written is left"
    );
    let refused = world
        .app()
        .write_export(elsewhere, &dir.path().join("gone/chosen.html"))
        .await
        .unwrap_err();
    assert!(refused.message.contains("gone"), "{refused}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let world = World::new().await;
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    let refused = world
        .app()
        .export_conversation(
            &answer.conversation,
            ExportFormat::Html,
            Path::new("/proc/nexdesk"),
        )
        .await
        .unwrap_err();
    assert!(refused.message.contains("/proc/nexdesk"), "{refused}");
}

#[tokio::test]
async fn a_picture_a_person_gave_goes_out_and_comes_back_in() {
    let world = World::new().await;
    let dir = TempDir::new().unwrap();
    let file = json!({
        "format": "nexdesk-chat", "version": 1,
        "conversation": {
            "source": "nexdesk", "foreignId": "elsewhere", "title": "Seen", "systemPrompt": "Be brief.",
            "folder": "Travel", "pinned": true,
            "messages": [
                { "foreignId": "q", "role": "user", "text": "What is this?",
                  "assets": [{ "name": "note.txt", "mime": "text/plain", "data": "YSBsYW50ZXJu" }] },
                { "foreignId": "a", "parent": 0, "role": "assistant", "text": "A lantern.",
                  "citations": [{ "title": "Lanterns", "url": "https://example.com/lanterns" }],
                  "toolCalls": [{ "name": "look", "arguments": "{}", "result": "light" }],
                  "assets": [{ "name": "gone.pdf" }] },
            ],
        },
    });
    let path = dir.path().join("seen.json");
    fs::write(&path, file.to_string()).unwrap();
    world.app().run_import(path.to_str().unwrap()).await.unwrap();

    let listed = world.app().list_conversations(None).unwrap().remove(0);
    assert!(listed.pinned && listed.folder.is_some());
    let opened = world.app().open_conversation(&listed.id).unwrap();
    assert_eq!(opened.settings.system_prompt, "Be brief.");
    assert_eq!(opened.messages[0].attachments[0].name, "note.txt");
    let answer = &opened.messages[1];
    assert!(answer.text.contains("gone.pdf") && answer.text.contains("https://example.com/lanterns"));
    assert_eq!(answer.tool_calls[0].result.as_deref(), Some("light"));
    let hits = world.app().search("has:file what", 10).unwrap();
    assert_eq!(hits.len(), 1, "and its file is known to the search");

    let out = world
        .app()
        .export_conversation(&listed.id, ExportFormat::Json, dir.path())
        .await
        .unwrap();
    let out: Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    let asset = &out["conversation"]["messages"][0]["assets"][0];
    assert_eq!(
        (asset["name"].as_str(), asset["data"].as_str()),
        (Some("note.txt"), Some("YSBsYW50ZXJu"))
    );
}
