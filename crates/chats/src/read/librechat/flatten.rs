//! Takes nested answers apart in one pass, each message beside the one above it, without recursion: a conversation of
//! seventy messages is already deeper than JSON parsers go.

use serde_json::Value;

use crate::json::{Fault, MOST, Scan, parse};

/// A conversation with its messages side by side.
pub(super) struct Flat {
    pub(super) header: Value,
    /// Each with the place of the message it is nested in.
    pub(super) messages: Vec<(Option<usize>, Value)>,
}

enum Level {
    /// A list of messages below this one.
    List(Option<usize>),
    /// Inside a message.
    Message(usize),
}

pub(super) fn flatten(raw: &[u8]) -> Result<Flat, Fault> {
    let mut scan = Scan::new(raw);
    let mut header = Members::default();
    let mut messages = Vec::new();
    scan.enter(b'{')?;
    while scan.more()? {
        let key = scan.key()?;
        if matches!(key.as_str(), "messages" | "messagesTree") && scan.peek()? == Some(b'[') {
            messages = nested(&mut scan)?;
        } else {
            header.take(&key, &mut scan)?;
        }
    }
    let parsed = messages.into_iter().map(|(above, body)| (above, body.value()));
    Ok(Flat {
        header: header.value(),
        messages: parsed.collect(),
    })
}

fn nested(scan: &mut Scan<&[u8]>) -> Result<Vec<(Option<usize>, Members)>, Fault> {
    let mut found: Vec<(Option<usize>, Members)> = Vec::new();
    scan.enter(b'[')?;
    let mut levels = vec![Level::List(None)];
    while let Some(level) = levels.last() {
        match *level {
            Level::List(above) => {
                if !scan.more()? {
                    levels.pop();
                } else if scan.peek()? == Some(b'{') {
                    scan.enter(b'{')?;
                    levels.push(Level::Message(found.len()));
                    found.push((above, Members::default()));
                } else {
                    scan.skip()?;
                }
            }
            Level::Message(at) => {
                if !scan.more()? {
                    levels.pop();
                    continue;
                }
                let key = scan.key()?;
                if key == "children" && scan.peek()? == Some(b'[') {
                    scan.enter(b'[')?;
                    levels.push(Level::List(Some(at)));
                } else {
                    found[at].1.take(&key, scan)?;
                }
            }
        }
    }
    Ok(found)
}

/// The members of an object but for the ones that were taken apart.
#[derive(Default)]
struct Members(Vec<u8>);

impl Members {
    fn take(&mut self, key: &str, scan: &mut Scan<&[u8]>) -> Result<(), Fault> {
        let mut value = Vec::new();
        scan.value(&mut value, MOST)?;
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.0.extend_from_slice(Value::from(key).to_string().as_bytes());
        self.0.push(b':');
        self.0.extend_from_slice(&value);
        Ok(())
    }

    /// Null when it is damaged: then the message is nothing, and those below it stay.
    fn value(mut self) -> Value {
        self.0.push(b'}');
        parse(&self.0).unwrap_or(Value::Null)
    }
}
