//! A reader of event streams as plain as the standard's own words: what a strict client would be told. The framer is
//! measured against it, so it shares no code with it.

use serde_json::Value;

/// The data of every event that is followed by its blank line. What is behind the last one is dropped, as the
/// standard says.
#[must_use]
pub fn delivered_events(bytes: &[u8]) -> Vec<String> {
    let lines = lines(bytes);
    // The last one has no line end, so it is not blank even when nothing stands in it.
    let ended = &lines[..lines.len() - 1];
    let whole = ended.iter().rposition(String::is_empty).unwrap_or(0);
    events(&ended[..whole])
}

/// The data of every event, with or without its blank line.
#[must_use]
pub fn read_events(bytes: &[u8]) -> Vec<String> {
    events(&lines(bytes))
}

/// The text of a chat answer: the content of its chunks, joined.
#[must_use]
pub fn text_of(events: &[String]) -> String {
    let chunks = events
        .iter()
        .filter_map(|data| serde_json::from_str::<Value>(data).ok());
    chunks
        .filter_map(|chunk| {
            chunk["choices"][0]["delta"]["content"]
                .as_str()
                .map(str::to_owned)
        })
        .collect()
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split('\n').map(str::to_owned).collect()
}

fn events(lines: &[String]) -> Vec<String> {
    let blocks = lines.split(String::is_empty);
    blocks.filter_map(data).collect()
}

fn data(block: &[String]) -> Option<String> {
    let values = block.iter().filter_map(|line| {
        let value = match line.split_once(':') {
            Some(("data", value)) => value,
            None if line == "data" => "",
            _ => return None,
        };
        Some(value.strip_prefix(' ').unwrap_or(value))
    });
    let values: Vec<&str> = values.collect();
    (!values.is_empty()).then(|| values.join("\n"))
}
