//! Fixtures, zips made of them, and what an export says.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use nexdesk_chats::{Chat, Export, Role, Said, Skipped, open_bytes};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn opened(name: &str, bytes: Vec<u8>) -> Export {
    open_bytes(name, bytes).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Everything in an export.
pub(crate) fn all(export: &Export) -> (Vec<Chat>, Vec<Skipped>) {
    let mut chats = Vec::new();
    let mut skipped = Vec::new();
    for found in export.conversations().unwrap() {
        match found {
            Ok(chat) => chats.push(chat),
            Err(why) => skipped.push(why),
        }
    }
    (chats, skipped)
}

/// The only conversation of a file.
pub(crate) fn only(name: &str, bytes: Vec<u8>) -> Chat {
    let (mut chats, skipped) = all(&opened(name, bytes));
    assert_eq!((chats.len(), skipped.as_slice()), (1, [].as_slice()), "{name}");
    chats.remove(0)
}

/// The branch on show, one line a message: `user: text`.
pub(crate) fn shown(chat: &Chat) -> String {
    let mut lines = String::new();
    for at in chat.branch() {
        let said = &chat.messages[at];
        writeln!(lines, "{}: {}", role(said), said.text.replace('\n', " / ")).unwrap();
    }
    lines
}

/// All messages with what they answer: `a2 < u1`.
pub(crate) fn links(chat: &Chat) -> Vec<String> {
    let parent = |said: &Said| {
        said.parent
            .map_or("", |at| &chat.messages[at].foreign_id)
            .to_owned()
    };
    let link = |said: &Said| format!("{} < {}", said.foreign_id, parent(said));
    chat.messages.iter().map(link).collect()
}

pub(crate) fn message<'a>(chat: &'a Chat, id: &str) -> &'a Said {
    let found = chat.messages.iter().find(|said| said.foreign_id == id);
    found.unwrap_or_else(|| panic!("no message {id} among {:?}", links(chat)))
}

fn role(said: &Said) -> &'static str {
    match said.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    }
}
