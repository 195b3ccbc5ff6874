//! Which program an export comes from, by what it holds. Names are only a hint where to look first: people rename
//! files, and browsers do.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use serde_json::Value;

use crate::Unreadable;
use crate::chat::Source;
use crate::files::Files;
use crate::json::{Fault, Look, Scan, parse};
use crate::write::FORMAT;

/// How many elements of a list are looked at: the first ones may be damaged.
const LOOKS: usize = 40;

/// Nothing longer than this is parsed only to be recognised.
const LONGEST: usize = 64 << 20;

/// More files than this are not opened in search of conversations.
const MOST_OPENED: usize = 2_000;

/// The source, and the files that hold conversations.
pub(crate) fn recognise(files: &Files) -> Result<(Source, Vec<usize>), Unreadable> {
    refuse_database(files)?;
    let ending = |ending: &str| -> Vec<usize> {
        let all = files.entries.iter().enumerate();
        all.filter(|(_, entry)| entry.base().to_lowercase().ends_with(ending))
            .map(|(at, _)| at)
            .collect()
    };
    if let [only] = files.entries.as_slice() {
        if only.locked() {
            return Err(Unreadable::Locked);
        }
        let source = probe(files, 0)?;
        return source.map(|source| (source, vec![0])).ok_or(Unreadable::Unknown);
    }
    let mut threads = ending("thread.json");
    threads.retain(|at| files.entries[*at].base() == "thread.json");
    if !threads.is_empty() {
        return Ok((Source::Jan, threads));
    }
    // People keep exports of other programs among the files of a Cherry Studio backup.
    let backup = files
        .named("data.json")
        .filter(|at| matches!(probe(files, *at), Ok(Some(Source::Cherry))));
    if let Some(backup) = backup {
        return Ok((Source::Cherry, vec![backup]));
    }
    let json = ending(".json");
    let listed = |at: &usize| {
        files.entries[*at]
            .base()
            .to_lowercase()
            .starts_with("conversations")
    };
    let likely: Vec<usize> = json.iter().copied().filter(listed).collect();
    let chosen = if likely.is_empty() { json } else { likely };
    if chosen.iter().any(|at| files.entries[*at].locked()) {
        return Err(Unreadable::Locked);
    }
    most(files, &chosen)
}

/// The source most of these files come from.
fn most(files: &Files, chosen: &[usize]) -> Result<(Source, Vec<usize>), Unreadable> {
    let mut found: HashMap<Source, Vec<usize>> = HashMap::new();
    let mut trouble = Unreadable::Unknown;
    for at in chosen.iter().take(MOST_OPENED) {
        match probe(files, *at) {
            Ok(Some(source)) => found.entry(source).or_default().push(*at),
            Ok(None) => {}
            Err(error) => trouble = error,
        }
    }
    let most = found
        .into_iter()
        .max_by_key(|(source, parts)| (parts.len(), source.word()));
    most.ok_or(trouble)
}

/// Cherry Studio's newer backups have no JSON in them that holds conversations, only its databases.
fn refuse_database(files: &Files) -> Result<(), Unreadable> {
    let about = files
        .named("metadata.json")
        .and_then(|at| files.read(at, 1 << 20).ok());
    let about = about.and_then(|raw| parse(&raw).ok()).unwrap_or_default();
    let cherry = about
        .text("appName")
        .is_some_and(|name| name.to_lowercase().contains("cherry"));
    let sqlite = files.named("cherrystudio.sqlite").is_some();
    let stores = files
        .entries
        .iter()
        .any(|entry| entry.name.contains(".indexeddb.leveldb/"));
    if files.named("data.json").is_none() && (sqlite || (cherry && stores)) {
        let version = about.count("version").unwrap_or(if sqlite { 7 } else { 6 });
        return Err(Unreadable::CherryDatabase { version });
    }
    Ok(())
}

/// What one file is.
fn probe(files: &Files, at: usize) -> Result<Option<Source>, Unreadable> {
    let mut scan = Scan::new(files.open(at)?);
    let found = match scan.peek() {
        Ok(Some(b'[')) => list(&mut scan),
        Ok(Some(b'{')) => object(&mut scan),
        Ok(_) => return Ok(None),
        Err(fault) => Err(fault),
    };
    match found {
        Ok(Found::Source(source)) => Ok(Some(source)),
        Ok(Found::Nothing) => Ok(None),
        Ok(Found::Empty) => Err(Unreadable::Empty),
        Err(Fault::Disk(error)) => Err(error.into()),
        Err(Fault::Cut | Fault::Broken) => Err(Unreadable::Broken),
    }
}

enum Found {
    Source(Source),
    Nothing,
    Empty,
}

fn list(scan: &mut Scan<impl BufRead>) -> Result<Found, Fault> {
    scan.enter(b'[')?;
    let mut raw = Vec::new();
    for looked in 0..LOOKS {
        if !scan.more()? {
            return Ok(if looked == 0 { Found::Empty } else { Found::Nothing });
        }
        if scan.value(&mut raw, LONGEST)? {
            let element = parse(&raw).unwrap_or(Value::Null);
            if let Some(source) = element.as_object().and_then(|_| conversation(&element)) {
                return Ok(Found::Source(source));
            }
        }
    }
    Ok(Found::Nothing)
}

/// What one conversation is.
fn conversation(value: &Value) -> Option<Source> {
    let has = |key: &str| value.get(key).is_some();
    let inner = value.at("chat");
    if value.at("mapping").is_object() {
        Some(Source::ChatGpt)
    } else if value.at("chat_messages").is_array() {
        Some(Source::Claude)
    } else if inner.at("history").is_object() || inner.at("messages").is_array() {
        Some(Source::OpenWebUi)
    } else if has("conversationId") && (has("messages") || has("messagesTree")) {
        Some(Source::LibreChat)
    } else if has("foreignId") && value.at("messages").is_array() || value.text("format") == Some(FORMAT) {
        Some(Source::Nexdesk)
    } else {
        None
    }
}

/// Objects are recognised by their members' names alone, because one of them may be the whole export.
fn object(scan: &mut Scan<impl BufRead>) -> Result<Found, Fault> {
    let mut seen = HashSet::new();
    let mut empty = false;
    let mut raw = Vec::new();
    scan.enter(b'{')?;
    while scan.more()? {
        let key = scan.key()?;
        let source = match key.as_str() {
            "format" => {
                scan.value(&mut raw, 1 << 10)?;
                let ours = parse(&raw).is_ok_and(|format| format == FORMAT);
                if ours {
                    return Ok(Found::Source(Source::Nexdesk));
                }
                continue;
            }
            "conversations" | "chats" if scan.peek()? == Some(b'[') => match list(scan)? {
                Found::Nothing => return Ok(Found::Nothing),
                Found::Empty => {
                    empty = true;
                    continue;
                }
                found @ Found::Source(_) => return Ok(found),
            },
            "mapping" => Some(Source::ChatGpt),
            "chat_messages" => Some(Source::Claude),
            "indexedDB" => Some(Source::Cherry),
            "chat" if scan.peek()? == Some(b'{') => Some(Source::OpenWebUi),
            "chat-sessions" | "chat-sessions-list" | "__exported_items" => Some(Source::Chatbox),
            key if key.starts_with("session:") => Some(Source::Chatbox),
            _ => None,
        };
        if let Some(source) = source {
            return Ok(Found::Source(source));
        }
        scan.skip()?;
        seen.insert(key);
        let libre = seen.contains("messages") || seen.contains("messagesTree");
        if seen.contains("conversationId") && libre {
            return Ok(Found::Source(Source::LibreChat));
        }
    }
    Ok(if empty { Found::Empty } else { Found::Nothing })
}
