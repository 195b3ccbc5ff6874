//! One server in another app's words: which names each app has for the command, the address, the headers, the switch,
//! and for values that are not there.

use std::env;

use nexdesk_vault::Secret;
use serde_json::{Map, Value};

use super::{Imported, Skipped};
use crate::Transport;
use crate::server::input;

const COMMANDS: [&str; 2] = ["command", "cmd"];
const ADDRESSES: [&str; 6] = ["url", "serverUrl", "httpUrl", "baseUrl", "server_url", "endpoint"];
const ENVIRONMENTS: [&str; 3] = ["env", "environment", "envs"];
const HEADERS: [&str; 2] = ["headers", "http_headers"];

type Fields = Map<String, Value>;

/// Whether this looks like a server at all.
pub(super) fn is_one(fields: &Fields) -> bool {
    COMMANDS
        .iter()
        .chain(&ADDRESSES)
        .any(|name| fields.contains_key(*name))
}

/// Reads one entry; `key` is what it stood under.
pub(super) fn read(key: Option<&str>, value: &Value) -> Result<Imported, Skipped> {
    let own = value
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.trim().is_empty());
    let skipped = |why: &str| Skipped {
        name: own.or(key).unwrap_or("unnamed").to_owned(),
        why: why.to_owned(),
    };
    let fields = value.as_object().ok_or_else(|| skipped("It is not an object."))?;
    let kind = first(fields, &["type", "transport", "transportType"])
        .and_then(Value::as_str)
        .unwrap_or_default();
    let kind = kind.to_ascii_lowercase().replace(['-', '_'], "");
    let command = first(fields, &COMMANDS).and_then(|command| command_line(command, fields));
    let address = first(fields, &ADDRESSES)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|url| !url.is_empty());
    let remote = matches!(kind.as_str(), "http" | "sse" | "streamablehttp" | "remote");
    let transport = match (command, address) {
        (Some(line), None) => stdio(line, fields),
        (Some(line), Some(_)) if !remote => stdio(line, fields),
        (_, Some(url)) => http(url, fields),
        (None, None) if kind == "inmemory" => {
            return Err(skipped("It is built into the app it comes from."));
        }
        (None, None) => return Err(skipped("It has neither a command nor an address.")),
    };
    let old = kind == "sse" || (kind.is_empty() && address.is_some_and(|url| url.ends_with("/sse")));
    let name = own.or(key).map_or_else(|| named_after(&transport), str::to_owned);
    Ok(Imported {
        name,
        enabled: enabled(fields),
        note: (old && is_http(&transport)).then(of_older_kind),
        transport,
    })
}

fn first<'a>(fields: &'a Fields, names: &[&str]) -> Option<&'a Value> {
    names
        .iter()
        .find_map(|name| fields.get(*name))
        .filter(|value| !value.is_null())
}

/// The program and its arguments: apart, as one list, as one line, or (Zed) as an object.
fn command_line(command: &Value, fields: &Fields) -> Option<Vec<String>> {
    let after = |fields: &Fields| texts(fields.get("args").or_else(|| fields.get("arguments")));
    let mut line = match command {
        Value::String(command) => {
            let args = after(fields);
            let whole = args.is_empty() && !command.contains(['/', '\\', '"', '\'']);
            let words = command.split_whitespace().map(str::to_owned);
            let words = if whole {
                words.collect()
            } else {
                vec![command.trim().to_owned()]
            };
            words.into_iter().chain(args).collect()
        }
        Value::Array(_) => texts(Some(command)).into_iter().chain(after(fields)).collect(),
        Value::Object(inner) => {
            let path = first(inner, &["path", "command"])?.as_str()?.to_owned();
            std::iter::once(path).chain(after(inner)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    };
    // Windows needs `cmd /c` before npx; nobody else has it.
    if !cfg!(windows) && line.len() > 2 && line[0] == "cmd" && line[1].eq_ignore_ascii_case("/c") {
        line.drain(..2);
    }
    (!line.first()?.is_empty()).then_some(line)
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(text).collect()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(switch) => Some(switch.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn stdio(line: Vec<String>, fields: &Fields) -> Transport {
    let inner = fields
        .get("command")
        .and_then(|command| first(command.as_object()?, &ENVIRONMENTS));
    let env = pairs(first(fields, &ENVIRONMENTS).or(inner));
    let mut line = line.into_iter().map(|word| placed(&word));
    Transport::Stdio {
        command: line.next().unwrap_or_default(),
        args: line.collect(),
        env,
    }
}

fn http(url: &str, fields: &Fields) -> Transport {
    let inner = fields.get("requestInit").and_then(|init| init.get("headers"));
    let mut headers = pairs(first(fields, &HEADERS).or(inner));
    headers.retain(|(name, _)| !["content-type", "accept"].contains(&name.to_ascii_lowercase().as_str()));
    Transport::Http {
        url: placed(url),
        headers,
    }
}

fn pairs(value: Option<&Value>) -> Vec<(String, Secret)> {
    let fields = value.and_then(Value::as_object).into_iter().flatten();
    let pair = |(name, value): (&String, &Value)| {
        let value = text(value).unwrap_or_default();
        let value = if is_blank(&value) {
            input(name)
        } else {
            placed(&value)
        };
        (name.clone(), Secret::new(value))
    };
    fields.map(pair).collect()
}

/// Pages put something there that a person is to replace: nothing, `<your key>`, `YOUR_API_KEY`, `xxxx`.
fn is_blank(value: &str) -> bool {
    let bare = value.trim();
    let lower = bare.to_ascii_lowercase();
    let bracketed = bare.starts_with('<') && bare.ends_with('>');
    let yours = ["your_", "your-", "your ", "insert_", "insert your", "replace_"];
    bare.is_empty()
        || bracketed
        || yours.iter().any(|start| lower.starts_with(start))
        || (lower.len() >= 3 && lower.chars().all(|letter| "x*.…".contains(letter)))
}

/// The text with each placeholder of another app's in our form: `${env:X}`, `${input:x}`, `${X}`, `${X:-default}`,
/// `{env:X}`. The home folder is known; a default is taken.
fn placed(text: &str) -> String {
    let mut placed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, behind) = rest.split_at(at);
        let Some((inside, after)) = behind[1..].split_once('}') else {
            break;
        };
        let dollar = before.ends_with('$');
        match meaning(inside, dollar) {
            Some(value) => {
                placed.push_str(before.strip_suffix('$').unwrap_or(before));
                placed.push_str(&value);
            }
            None => {
                placed.push_str(before);
                placed.push_str(&behind[..inside.len() + 2]);
            }
        }
        rest = after;
    }
    placed + rest
}

fn meaning(inside: &str, dollar: bool) -> Option<String> {
    let home = || Some(env::home_dir()?.to_string_lossy().into_owned());
    let (kind, name) = inside.split_once(':').unwrap_or(("", inside));
    match (kind, name) {
        ("env", "HOME" | "USERPROFILE") => home(),
        ("" | "env", "HOME" | "userHome") if dollar => home(),
        ("env", name) => Some(input(name)),
        ("input" | "secret", name) if dollar => Some(input(name)),
        (_, default) if dollar && !kind.is_empty() && default.starts_with('-') => {
            Some(default[1..].to_owned())
        }
        ("", name) if dollar && is_name(name) => Some(input(name)),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

fn enabled(fields: &Fields) -> bool {
    let switch = |name: &str| fields.get(name).and_then(Value::as_bool);
    !switch("disabled").unwrap_or(false) && switch("enabled").or(switch("isActive")).unwrap_or(true)
}

fn is_http(transport: &Transport) -> bool {
    matches!(transport, Transport::Http { .. })
}

fn of_older_kind() -> String {
    "This server was set up with the older SSE transport. If it does not connect, take its address for streamable HTTP."
        .to_owned()
}

/// A pasted server without a name is called after its package or its host.
fn named_after(transport: &Transport) -> String {
    match transport {
        Transport::Stdio { command, args, .. } => {
            let package = args.iter().find(|arg| !arg.starts_with('-')).unwrap_or(command);
            package
                .trim_end_matches("@latest")
                .rsplit('/')
                .next()
                .unwrap_or(package)
                .to_owned()
        }
        Transport::Http { url, .. } => {
            let host = url.split("://").nth(1).unwrap_or(url);
            host.split(['/', '?', ':']).next().unwrap_or(host).to_owned()
        }
    }
}
