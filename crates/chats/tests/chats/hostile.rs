//! Files that were damaged, or made to do damage.

use nexdesk_chats::{Place, Unreadable, html, open, open_bytes};
use serde_json::{Value, json};

use crate::support::{all, links, only, opened, shown, zipped};

fn chatgpt(id: &str, mapping: &Value, current: &str) -> Value {
    json!({"conversation_id": id, "title": id, "mapping": mapping, "current_node": current})
}

fn node(parent: Option<&str>, role: &str, text: &str) -> Value {
    json!({"parent": parent, "message": {
        "author": {"role": role}, "content": {"content_type": "text", "parts": [text]}, "metadata": {},
    }})
}

fn export(list: &[Value]) -> Vec<u8> {
    serde_json::to_vec(list).unwrap()
}

#[test]
fn a_name_that_climbs_out_of_the_zip_leads_nowhere() {
    let mapping = json!({"u": {"parent": null, "message": {
        "author": {"role": "user"},
        "content": {"content_type": "multimodal_text", "parts": [
            {"content_type": "image_asset_pointer", "asset_pointer": "file-service://../../../etc/passwd"},
            {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_evil"},
            {"content_type": "image_asset_pointer", "asset_pointer": "file:///etc/passwd"},
            "look",
        ]},
        "metadata": {},
    }}});
    let bytes = zipped(&[
        ("conversations.json", &export(&[chatgpt("a", &mapping, "u")])),
        ("../../../tmp/file_evil-x.png", b"inside the zip"),
        ("..\\..\\windows.png", b"x"),
    ]);
    let export = opened("slip.zip", bytes);
    let (chats, _) = all(&export);
    let assets = &chats[0].messages[0].assets;
    assert_eq!(assets[0].place, Place::Missing);
    assert_eq!(assets[2].place, Place::Missing);
    assert_eq!(
        &*export.read(&assets[1]).unwrap(),
        b"inside the zip",
        "read from the zip, by its bare name"
    );
    for asset in assets {
        assert!(
            !asset.name.contains(['/', '\\']) && !asset.name.starts_with('.'),
            "{}",
            asset.name
        );
    }
}

#[test]
fn circles_and_missing_parents_still_make_a_conversation() {
    let circle = json!({"a": node(Some("b"), "user", "one"), "b": node(Some("a"), "assistant", "two")});
    let orphan =
        json!({"x": node(Some("nowhere"), "user", "alone"), "y": node(Some("x"), "assistant", "found")});
    let (chats, _) = all(&opened(
        "c.json",
        export(&[chatgpt("1", &circle, "b"), chatgpt("2", &orphan, "gone")]),
    ));
    assert_eq!(shown(&chats[0]), "user: one\nassistant: two\n");
    assert_eq!(shown(&chats[1]), "user: alone\nassistant: found\n");
}

#[test]
fn ten_thousand_messages_in_a_row_are_read_and_printed() {
    let mut mapping = serde_json::Map::new();
    for at in (0..10_000).rev() {
        let role = if at % 2 == 0 { "user" } else { "assistant" };
        let parent = (at > 0).then(|| format!("n{}", at - 1));
        mapping.insert(format!("n{at}"), node(parent.as_deref(), role, "word"));
    }
    let chat = only(
        "long.json",
        export(&[chatgpt("long", &Value::Object(mapping), "n9999")]),
    );
    assert_eq!(chat.branch().len(), 10_000);
    assert!(html(&chat, &nexdesk_chats::Layout::default()).contains("id=\"m10000\""));
}

#[test]
fn one_bad_conversation_costs_only_itself() {
    let good = |id: &str| chatgpt(id, &json!({"u": node(None, "user", "hello")}), "u").to_string();
    let text = format!(
        "\u{feff}[{}, {{\"mapping\": {{\"u\": tru}}}}, 7, null, \"text\", {{\"title\": \"Odd\", \"mapping\": [1]}}, {{\"title\":\"Half \\ud83d\",\"id\":\"h\",\"mapping\":{{\"u\":{{\"message\":{{\"author\":{{\"role\":\"user\"}},\"content\":{{\"content_type\":\"text\",\"parts\":[\"x\"]}}}}}}}}}}, {},]",
        good("first"),
        good("last"),
    );
    let (chats, skipped) = all(&opened("damaged.json", text.into_bytes()));
    let titles: Vec<_> = chats.iter().map(|chat| chat.title.as_str()).collect();
    assert_eq!(titles, ["first", "Half \u{fffd}", "last"]);
    let why: Vec<_> = skipped
        .iter()
        .map(|one| (one.what.as_str(), one.why.as_str()))
        .collect();
    assert_eq!(
        why,
        [
            ("conversation 2 of damaged.json", "its JSON is damaged"),
            ("conversation 3 of damaged.json", "it is not a conversation"),
            ("conversation 4 of damaged.json", "it is not a conversation"),
            ("conversation 5 of damaged.json", "it is not a conversation"),
            ("Odd", "it is not a conversation"),
        ]
    );
}

#[test]
fn a_file_that_breaks_off_gives_what_came_before() {
    let whole = export(&[
        chatgpt("first", &json!({"u": node(None, "user", "hello")}), "u"),
        chatgpt("second", &json!({"u": node(None, "user", "gone")}), "u"),
    ]);
    let (chats, skipped) = all(&opened("cut.json", whole[..whole.len() - 20].to_vec()));
    assert_eq!((chats.len(), chats[0].title.as_str()), (1, "first"));
    assert_eq!(skipped[0].why, "the file breaks off in the middle");
}

#[test]
fn every_member_may_be_of_any_type() {
    let junk = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!("x"),
        json!([[]]),
        json!({"a": {}}),
    ];
    for shape in [
        "chatgpt/conversations-000.json",
        "claude/conversations.json",
        "openwebui/export.json",
        "chatbox/2026.json",
        "librechat/flat.json",
    ] {
        let whole: Value = serde_json::from_slice(&crate::support::fixture(shape)).unwrap();
        let places = places(&whole);
        assert!(places.len() > 50, "{shape}");
        for (at, place) in places.iter().enumerate() {
            let mut changed = whole.clone();
            *changed.pointer_mut(place).unwrap() = junk[at % junk.len()].clone();
            // Whatever was put there, nothing falls over, and what is read holds together.
            if let Ok(export) = open_bytes(shape, serde_json::to_vec(&changed).unwrap()) {
                for chat in all(&export).0 {
                    assert!(
                        chat.messages
                            .iter()
                            .enumerate()
                            .all(|(at, said)| said.parent.is_none_or(|parent| parent < at)),
                        "{shape} {place}"
                    );
                    assert!(
                        !chat.branch().is_empty() && !chat.title.is_empty() && !chat.foreign_id.is_empty(),
                        "{shape} {place}"
                    );
                }
            }
        }
    }
}

/// The place of every member and element, as JSON pointers.
fn places(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(value, String::new())];
    while let Some((value, path)) = open.pop() {
        let escape = |key: &str| key.replace('~', "~0").replace('/', "~1");
        match value {
            Value::Array(items) => open.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| (item, format!("{path}/{at}"))),
            ),
            Value::Object(members) => open.extend(
                members
                    .iter()
                    .map(|(key, item)| (item, format!("{path}/{}", escape(key)))),
            ),
            _ => {}
        }
        if !path.is_empty() {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_conversation_that_stands_twice_is_taken_once() {
    let one = chatgpt("same", &json!({"u": node(None, "user", "hello")}), "u");
    let bytes = zipped(&[
        ("conversations-000.json", &export(std::slice::from_ref(&one))),
        ("conversations-001.json", &export(&[one])),
    ]);
    let (chats, skipped) = all(&opened("twice.zip", bytes));
    assert_eq!(
        (chats.len(), skipped[0].why.as_str()),
        (1, "it stands in this export twice")
    );
}

#[test]
fn messages_without_ids_have_the_same_ones_every_time() {
    let text = br#"[{"uuid":"c","name":"n","chat_messages":[{"sender":"human","text":"a"},{"sender":"assistant","text":"b"}]}]"#;
    let chat = only("c.json", text.to_vec());
    assert_eq!(links(&chat), ["#0 < ", "#1 < #0"]);
    let nameless = br#"[{"name":"n","created_at":"2024-01-01T00:00:00Z","chat_messages":[{"sender":"human","text":"a"}]}]"#;
    let longer = br#"[{"name":"renamed","created_at":"2024-01-01T00:00:00Z","chat_messages":[{"sender":"human","text":"a"},{"sender":"assistant","text":"b"}]}]"#;
    let (before, after) = (only("c.json", nameless.to_vec()), only("c.json", longer.to_vec()));
    assert!(before.foreign_id.starts_with("sha256-"));
    assert_eq!(
        before.foreign_id, after.foreign_id,
        "a conversation that went on is the same conversation"
    );
}

#[test]
fn what_is_no_export_is_told_apart_by_its_reason() {
    let why = |bytes: &[u8]| open_bytes("x", bytes.to_vec()).err().unwrap();
    assert!(matches!(why(b"[]"), Unreadable::Empty));
    assert!(matches!(why(b"{\"conversations\":[]}"), Unreadable::Empty));
    assert!(matches!(why(b"{\"hello\":1}"), Unreadable::Unknown));
    assert!(matches!(why(b"just words"), Unreadable::Unknown));
    assert!(matches!(why(b""), Unreadable::Unknown));
    assert!(matches!(why(b"{\"hello\":"), Unreadable::Broken));
    assert!(matches!(
        why(b"PK\x03\x04 and then nothing"),
        Unreadable::BrokenZip
    ));
    assert!(matches!(
        why(&zipped(&[("readme.txt", b"hi"), ("b.txt", b"ho")])),
        Unreadable::Unknown
    ));
    let missing = open(std::path::Path::new("/nowhere/at/all.zip")).err().unwrap();
    assert!(matches!(missing, Unreadable::Disk(std::io::ErrorKind::NotFound)));
}

#[test]
fn deep_nesting_inside_a_conversation_does_not_reach_the_stack() {
    let deep = format!("{}1{}", "[".repeat(200_000), "]".repeat(200_000));
    let text = format!(
        "[{{\"title\":\"deep\",\"mapping\":{{}},\"junk\":{deep}}},{}]",
        chatgpt("good", &json!({"u": node(None, "user", "hello")}), "u"),
    );
    let (chats, skipped) = all(&opened("deep.json", text.into_bytes()));
    assert_eq!((chats.len(), skipped.len()), (1, 1));
}

#[test]
fn a_file_cut_anywhere_brings_nothing_down() {
    let shapes = [
        "chatgpt/conversations-000.json",
        "claude/conversations.json",
        "openwebui/export.json",
        "chatbox/2026.json",
        "chatbox/2023.json",
        "librechat/recursive.json",
        "jan/messages.jsonl",
    ];
    for shape in shapes {
        let whole = crate::support::fixture(shape);
        for length in (0..whole.len()).step_by(37) {
            let cut = whole[..length].to_vec();
            let packed = zipped(&[
                ("thread.json", &crate::support::fixture("jan/thread.json")),
                ("messages.jsonl", &cut),
            ]);
            let bytes = if shape.starts_with("jan") { packed } else { cut };
            if let Ok(export) = open_bytes(shape, bytes) {
                let (chats, skipped) = all(&export);
                assert!(
                    !chats.is_empty() || !skipped.is_empty(),
                    "{shape} cut at {length} says nothing"
                );
            }
        }
    }
}

#[test]
fn an_export_may_be_read_by_any_thread() {
    fn anywhere<T: Send>(_: &T) {}
    let text = br#"[{"uuid":"c","name":"n","chat_messages":[{"sender":"human","text":"a"}]}]"#;
    let export = opened("c.json", text.to_vec());
    anywhere(&export);
    anywhere(&export.conversations().unwrap());
    let read = std::thread::scope(|scope| scope.spawn(|| all(&export).0.len()).join().unwrap());
    assert_eq!(read, 1);
}
