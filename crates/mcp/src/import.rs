//! The servers of another app, read from its JSON: Claude Desktop and Claude Code, Cursor, VS Code, Windsurf, Cherry
//! Studio, Zed, or the piece of it that a server's page tells people to paste. Comments and trailing commas are fine.
//!
//! What each app calls things is in `entry.rs`; here is where it keeps them.

mod entry;

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde_json::{Map, Value};

use crate::Transport;

/// A server as another app had it.
#[derive(Clone, Debug)]
pub struct Imported {
    /// As that app called it.
    pub name: String,
    /// With the values that came along; those that did not are named by [`Transport::missing`].
    pub transport: Transport,
    /// Whether it was switched on there.
    pub enabled: bool,
    /// What a person should know about it before it is started.
    pub note: Option<String>,
}

/// An entry that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// As that app called it.
    pub name: String,
    /// A sentence for people.
    pub why: String,
}

/// What a text held.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// In the order of the text.
    pub servers: Vec<Imported>,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
}

/// Why a text holds no servers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotServers {
    /// There is no text.
    #[error("There is nothing to read; paste the JSON of another app or of the server's page.")]
    Empty,
    /// It is not JSON.
    #[error(
        "This is not JSON: line {line}, column {column}. Copy it again, from the first brace to the last."
    )]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// It is JSON about something else.
    #[error("No MCP servers are in this JSON; they usually stand under \"mcpServers\".")]
    NoServers,
}

/// Reads the servers out of another app's JSON.
pub fn read_json(text: &str) -> Result<Reading, NotServers> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(NotServers::Empty);
    }
    let value = parse(text)?;
    let mut reading = Reading::default();
    if !(gather(&value, &mut reading) || reading_alone(&value, &mut reading)) {
        return Err(NotServers::NoServers);
    }
    Ok(reading)
}

fn parse(text: &str) -> Result<Value, NotServers> {
    let options = ParseOptions::default();
    let parsed: Result<Value, _> = parse_to_serde_value(text, &options);
    let fault = match parsed {
        // `"brave": {…}` alone is a text and then something too much.
        Ok(value @ (Value::Object(_) | Value::Array(_))) => return Ok(value),
        Ok(_) => None,
        Err(fault) => Some(fault),
    };
    // Pages show the piece that goes between the braces.
    if text.starts_with('"')
        && let Ok(value) = parse_to_serde_value(&format!("{{{text}}}"), &options)
    {
        return Ok(value);
    }
    match fault {
        Some(fault) => Err(NotServers::NotJson {
            line: fault.line_display(),
            column: fault.column_display(),
        }),
        None => Err(NotServers::NoServers),
    }
}

/// The places where apps keep their servers. Says whether there was one, be it empty.
fn gather(value: &Value, reading: &mut Reading) -> bool {
    let places = [
        "/mcpServers",
        "/servers",
        "/mcp/servers",
        "/mcp/mcpServers",
        "/context_servers",
        "/mcp_servers",
    ];
    let mut found = false;
    for place in places {
        found |= value
            .pointer(place)
            .is_some_and(|servers| read_all(servers, reading));
    }
    // Claude Code keeps servers by project too.
    let projects = value.get("projects").and_then(Value::as_object);
    for project in projects.into_iter().flat_map(Map::values) {
        found |= gather(project, reading);
    }
    // opencode and Zed's neighbours put them right below.
    found
        || value
            .get("mcp")
            .is_some_and(|servers| holds_entries(servers) && read_all(servers, reading))
}

/// A text that is nothing but servers, or one of them.
fn reading_alone(value: &Value, reading: &mut Reading) -> bool {
    match value {
        Value::Object(fields) if entry::is_one(fields) => {
            read_one(None, value, reading);
            true
        }
        servers => holds_entries(servers) && read_all(servers, reading),
    }
}

fn holds_entries(value: &Value) -> bool {
    let is_one = |value: &Value| value.as_object().is_some_and(entry::is_one);
    match value {
        Value::Object(fields) => fields.values().any(is_one),
        Value::Array(items) => items.iter().any(is_one),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn read_all(servers: &Value, reading: &mut Reading) -> bool {
    match servers {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(name, it)| read_one(Some(name), it, reading)),
        Value::Array(entries) => entries.iter().for_each(|it| read_one(None, it, reading)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return false,
    }
    true
}

fn read_one(key: Option<&str>, value: &Value, reading: &mut Reading) {
    match entry::read(key, value) {
        Ok(server) => reading.servers.push(server),
        Err(skipped) => reading.skipped.push(skipped),
    }
}
