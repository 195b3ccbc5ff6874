//! Cherry Studio's backups, from the first version to the last that holds JSON.

use std::io::Write as _;

use flate2::write::GzEncoder;
use nexdesk_chats::{Role, Source, Unreadable, open_bytes};
use serde_json::{Value, json};

use crate::support::{all, fixture, links, message, only, opened, shown, zipped};

const KEY: &str = "sk-live-0123456789abcdefghij";

/// `data.json`: settings are JSON in text in JSON, with keys among them.
fn data(version: u64, tables: Value) -> Vec<u8> {
    let assistants = String::from_utf8(fixture("cherry/assistants.json")).unwrap();
    let llm = json!({"providers": [{"id": "deepseek", "apiKey": KEY, "models": []}]}).to_string();
    let persisted = json!({
        "llm": llm, "assistants": assistants, "settings": format!("{{\"webdavPass\":\"{KEY}\"}}"),
        "_persist": "{\"version\":150,\"rehydrated\":true}",
    });
    json!({
        "time": 1_746_000_000_000_u64, "version": version,
        "localStorage": {"language": "zh-CN", "persist:cherry-studio": persisted.to_string()},
        "indexedDB": tables,
    })
    .to_string()
    .into_bytes()
}

fn tables(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}

fn backup() -> Vec<u8> {
    zipped(&[
        ("data.json", &data(5, tables("cherry/indexeddb-v5.json"))),
        ("Data/Files/9f1c.png", b"\x89PNG1234"),
        ("Data/Files/other.png", b"no"),
    ])
}

#[test]
fn a_topic_has_its_name_assistant_and_blocks() {
    let export = opened("cherry-studio.20250501.zip", backup());
    let (chats, skipped) = all(&export);
    let chat = &chats[0];
    assert_eq!(
        (chat.foreign_id.as_str(), chat.title.as_str()),
        ("top-1", "三个模型的比较")
    );
    assert_eq!((chat.folder.as_deref(), chat.pinned), (Some("翻译官"), true));
    assert_eq!(chat.system_prompt.as_deref(), Some("You translate."));
    assert_eq!(chat.model.as_deref(), Some("deepseek-chat"));
    let thought = message(chat, "a1");
    assert_eq!(
        (thought.reasoning.as_deref(), thought.reasoning_ms),
        (Some("看图……"), Some(3_200))
    );
    assert_eq!((thought.tokens_in, thought.tokens_out), (Some(120), Some(34)));
    let searched = message(chat, "a2");
    assert_eq!(searched.tool_calls[0].result.as_deref(), Some("两条结果"));
    assert_eq!(searched.citations[0].url, "https://food.example/chuan");
    let photo = &message(chat, "u1").assets[0];
    assert_eq!(
        (photo.name.as_str(), photo.mime.as_deref()),
        ("菜单.png", Some("image/png"))
    );
    assert_eq!(&*export.read(photo).unwrap(), b"\x89PNG1234");
    assert_eq!(
        chats[1].messages[0].text, "```rust\nlet x = 1;\n```",
        "a topic the settings do not know"
    );
    assert_eq!(skipped.len(), 1, "the empty topic");
}

#[test]
fn answers_of_several_models_are_siblings_and_the_one_on_show_goes_on() {
    let (chats, _) = all(&opened("cherry.zip", backup()));
    assert_eq!(
        links(&chats[0]),
        ["u1 < ", "a1 < u1", "a2 < u1", "u2 < a2", "a3 < u2"]
    );
    assert_eq!(
        shown(&chats[0]),
        "user: 这是什么菜？\nassistant: 鱼香肉丝。\nuser: 怎么做？\nassistant: \n"
    );
}

#[test]
fn no_key_of_a_backup_reaches_anything_we_keep() {
    let (chats, skipped) = all(&opened("cherry.zip", backup()));
    let kept = format!("{chats:?} {skipped:?}");
    assert!(!kept.contains("sk-live"), "{kept}");
    assert_eq!(
        message(&chats[0], "a3").problem.as_deref(),
        Some("401 Incorrect API key provided: …")
    );
}

#[test]
fn messages_of_2024_hold_everything_themselves() {
    let chat = only("data.json", data(2, tables("cherry/indexeddb-v2.json")));
    assert_eq!(chat.title, "Old days");
    let answer = message(&chat, "a1");
    assert_eq!(
        (answer.text.as_str(), answer.reasoning.as_deref()),
        ("fn main() {}", Some("Ownership first."))
    );
    assert_eq!(answer.tool_calls[0].result.as_deref(), Some("ok"));
    assert_eq!(answer.citations[0].url, "https://doc.example/rust");
    assert_eq!(
        (answer.role, answer.model.as_deref()),
        (Role::Assistant, Some("gpt-4o"))
    );
    assert_eq!(message(&chat, "u1").assets[0].name, "spec.txt");
}

#[test]
fn the_very_first_version_keeps_topics_under_keys_and_bak_files_are_gzip() {
    let topics = tables("cherry/indexeddb-v2.json")["topics"].clone();
    let stored = json!([
        {"key": "image://avatar", "value": "data:image/png;base64,AAAA"},
        {"key": "topic:top-2", "value": topics[0]},
    ]);
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&data(1, stored)).unwrap();
    let chat = only("cherry-studio.20240801.bak", gzip.finish().unwrap());
    assert_eq!((chat.title.as_str(), chat.messages.len()), ("Old days", 2));
}

#[test]
fn a_backup_of_raw_databases_is_refused_with_the_reason() {
    let about = |version: u64| {
        json!({"version": version, "appName": "Cherry Studio"})
            .to_string()
            .into_bytes()
    };
    let sixth = zipped(&[
        ("metadata.json", &about(6)),
        ("IndexedDB/file__0.indexeddb.leveldb/000003.log", b"raw"),
        ("Local Storage/leveldb/000003.log", b"raw"),
    ]);
    let seventh = zipped(&[
        ("metadata.json", &about(7)),
        ("Data/cherrystudio.sqlite", b"SQLite format 3"),
        ("cache.json", b"{}"),
    ]);
    for (version, bytes) in [(6, sixth), (7, seventh)] {
        let refused = open_bytes("cherry.zip", bytes).err().unwrap();
        assert!(
            matches!(refused, Unreadable::CherryDatabase { version: said } if said == version),
            "{refused:?}"
        );
        let said = refused.to_string();
        assert!(said.contains("legacy backup"), "and with what to do: {said}");
    }
}

#[test]
fn an_export_somebody_kept_in_a_backup_is_a_file_and_not_the_import() {
    let bytes = zipped(&[
        ("data.json", &data(5, tables("cherry/indexeddb-v5.json"))),
        (
            "Data/Files/conversations.json",
            &fixture("claude/conversations.json"),
        ),
        ("Data/Files/more.json", &fixture("claude/conversations.json")),
    ]);
    assert_eq!(opened("cherry.zip", bytes).source(), Source::Cherry);
}
