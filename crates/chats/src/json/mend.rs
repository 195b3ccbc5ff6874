//! Parses one part of an export. Programs cut titles in the middle of an emoji and write half of it; that, bytes that
//! are not UTF-8 and bare control characters are mended, because the rest of the conversation is worth having.

use serde_json::Value;

/// What is said of JSON that stays unreadable. It never quotes the text.
const MALFORMED: &str = "its JSON is damaged";

pub(crate) fn parse(raw: &[u8]) -> Result<Value, &'static str> {
    serde_json::from_slice(raw)
        .or_else(|_| serde_json::from_slice(mended(raw).as_bytes()))
        .map_err(|_| MALFORMED)
}

fn mended(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.as_ref();
    let mut quoted = false;
    while let Some(one) = rest.chars().next() {
        let mut used = one.len_utf8();
        match one {
            '"' => {
                quoted = !quoted;
                out.push(one);
            }
            '\\' if quoted => {
                let (piece, taken) = escape(rest);
                out.push_str(&piece);
                used = taken;
            }
            control if quoted && control < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => out.push(other),
        }
        rest = &rest[used..];
    }
    out
}

/// One escape at the start of `text`, whole again, and how many bytes it took.
fn escape(text: &str) -> (String, usize) {
    let Some(unit) = unit(text) else {
        let used = 1 + text[1..].chars().next().map_or(0, char::len_utf8);
        return (text[..used].to_owned(), used);
    };
    let leads = (0xD800..0xDC00).contains(&unit);
    let trails = (0xDC00..0xE000).contains(&unit);
    let follows = text.get(6..).and_then(self::unit);
    if leads && follows.is_some_and(|next| (0xDC00..0xE000).contains(&next)) {
        return (text[..12].to_owned(), 12);
    }
    if leads || trails {
        return ("\\ufffd".to_owned(), 6);
    }
    (text[..6].to_owned(), 6)
}

/// The number of a `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn half_an_emoji_costs_one_character_and_not_the_conversation() {
        let value = parse(br#"{"title":"cut \ud83d off \ude00 and \ud83d\ude00 whole"}"#).unwrap();
        assert_eq!(value["title"], "cut \u{fffd} off \u{fffd} and 😀 whole");
    }

    #[test]
    fn bytes_that_are_not_utf8_and_bare_newlines_are_mended() {
        let value = parse(b"{\"text\":\"one\ntwo \xff\"}").unwrap();
        assert_eq!(value["text"], "one\ntwo \u{fffd}");
    }

    #[test]
    fn what_cannot_be_mended_is_named_without_being_quoted() {
        let why = parse(b"{\"apiKey\":\"sk-secret\", nonsense}").unwrap_err();
        assert!(!why.contains("sk-secret"));
    }
}
