//! How much text there is in raw JSON, without unescaping it: for estimates where a gateway reports no tokens.

use memchr::memchr;

use super::glance::{backslash, quote, quote_or_backslash};

/// Bytes of text, told apart because a token is about four Latin letters but only one or two Chinese characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScriptBytes {
    /// One byte a letter.
    pub ascii: u64,
    /// Two to four bytes a letter.
    pub wide: u64,
}

/// What a count in an array of tokens weighs: langchain sends embeddings as numbers, one a token.
const TOKEN: u64 = 4;

/// Names whose strings are files in base64, or seals; a person's own text under such a name has spaces in it.
const SEALED: [&[u8]; 8] = [
    b"data",
    b"b64_json",
    b"file_data",
    b"bytesBase64Encoded",
    b"signature",
    b"thoughtSignature",
    b"encrypted_content",
    b"image",
];

impl ScriptBytes {
    /// Counts `text`.
    #[must_use]
    pub fn of(text: &[u8]) -> Self {
        // Most text is, and to see it is quicker than to count.
        let wide = if text.is_ascii() {
            0
        } else {
            text.iter().map(|byte| u64::from(byte >> 7)).sum()
        };
        Self {
            ascii: text.len() as u64 - wide,
            wide,
        }
    }

    /// Counts the inside of a JSON string. An escape weighs what it stands for: Python writes Chinese as `\u706f`.
    #[must_use]
    pub fn of_escaped(mut inside: &[u8]) -> Self {
        let mut sum = Self::default();
        while let Some(at) = backslash(inside) {
            sum.add(Self::of(&inside[..at]));
            let (weight, length) = escape(&inside[at..]);
            sum.add(weight);
            inside = &inside[inside.len().min(at + length)..];
        }
        sum.add(Self::of(inside));
        sum
    }

    /// Counts every string in a piece of valid JSON, keys left out, files in base64 left out.
    #[must_use]
    pub fn of_values(raw: &[u8]) -> Self {
        strings(raw, false)
    }

    /// The same with the keys: in the schema of a tool they say as much as the values.
    #[must_use]
    pub fn of_schema(raw: &[u8]) -> Self {
        strings(raw, true)
    }

    /// Counts a text, texts, or tokens already cut, as embeddings and legacy completions take them.
    #[must_use]
    pub fn of_input(raw: &[u8]) -> Self {
        let mut sum = Self::of_values(raw);
        if raw.starts_with(b"[") && memchr(b'"', raw).is_none() {
            let commas = raw.iter().filter(|byte| **byte == b',').count() as u64;
            let digits = raw.iter().any(u8::is_ascii_digit);
            sum.ascii += if digits { (commas + 1) * TOKEN } else { 0 };
        }
        sum
    }

    /// Adds what came later.
    pub fn add(&mut self, other: Self) {
        self.ascii += other.ascii;
        self.wide += other.wide;
    }

    /// Whether there was no text at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The seeds' rule of thumb: four English characters a token, one and a half Chinese ones (three bytes each).
    #[must_use]
    pub fn tokens(self) -> u64 {
        self.ascii.div_ceil(4) + (self.wide * 2).div_ceil(9)
    }
}

/// What the escape in front stands for, and how many bytes it takes up.
fn escape(from: &[u8]) -> (ScriptBytes, usize) {
    let letter = ScriptBytes { ascii: 1, wide: 0 };
    if from.get(1) != Some(&b'u') {
        return (letter, 2);
    }
    let digits = from.get(2..6).and_then(|digits| std::str::from_utf8(digits).ok());
    let unit = digits
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .unwrap_or(0);
    let wide = match unit {
        0..0x80 => return (letter, 6),
        // Half of a pair, which together are a letter of four bytes; and what takes two bytes anyway.
        0x80..0x800 | 0xD800..0xE000 => 2,
        _ => 3,
    };
    (ScriptBytes { ascii: 0, wide }, 6)
}

fn strings(raw: &[u8], with_keys: bool) -> ScriptBytes {
    let mut sum = ScriptBytes::default();
    let mut rest = raw;
    let mut key: &[u8] = b"";
    while let Some(begin) = quote(rest) {
        let inside = &rest[begin + 1..];
        let end = string_end(inside);
        let text = &inside[..end];
        rest = &inside[inside.len().min(end + 1)..];
        let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
        if next == Some(&b':') {
            key = text;
            if with_keys {
                sum.add(ScriptBytes::of_escaped(text));
            }
        } else if !is_file(key, text) {
            sum.add(ScriptBytes::of_escaped(text));
        }
    }
    sum
}

/// Where the string that begins here ends; where the bytes do, if it does not.
pub(crate) fn string_end(inside: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = quote_or_backslash(&inside[at..]) {
        at += found;
        if inside[at] == b'"' {
            return at;
        }
        at += 2;
        if at >= inside.len() {
            break;
        }
    }
    inside.len()
}

/// A picture or a recording. Nobody knows from its bytes how many tokens a model makes of it, but not one in four.
fn is_file(key: &[u8], text: &[u8]) -> bool {
    let head = &text[..text.len().min(128)];
    if head.starts_with(b"data:") && memchr::memmem::find(head, b";base64,").is_some() {
        return true;
    }
    let looks_encoded = || {
        head.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\\".contains(byte))
    };
    head.len() >= 64 && SEALED.contains(&key) && looks_encoded()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_estimated_by_script() {
        assert_eq!(ScriptBytes::of(b"").tokens(), 0);
        let latin = ScriptBytes::of(b"lighthouse!!");
        assert_eq!(latin.tokens(), 3, "four Latin letters a token");
        let chinese = ScriptBytes::of("十一只纸船".as_bytes());
        assert_eq!(chinese.tokens(), 4, "one and a half Chinese ones");
    }

    #[test]
    fn an_escape_weighs_what_it_stands_for() {
        for text in ["灯塔", "é", "\n\"\\", "🚣", "plain"] {
            let python: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            assert_eq!(
                ScriptBytes::of_escaped(python.as_bytes()),
                ScriptBytes::of(text.as_bytes()),
                "{text}"
            );
        }
        assert_eq!(
            ScriptBytes::of_escaped(br#"a\n\"b\\"#),
            ScriptBytes { ascii: 5, wide: 0 }
        );
        // Cut or broken escapes end somewhere.
        assert!(ScriptBytes::of_escaped(br"\u00").tokens() <= 1);
        assert!(ScriptBytes::of_escaped(br"\").tokens() <= 1);
    }

    #[test]
    fn pictures_and_recordings_are_not_text() {
        let blob = "QUJD".repeat(5000);
        for raw in [
            format!(r#"[{{"image_url":{{"url":"data:image/png;base64,{blob}"}}}}]"#),
            format!(r#"[{{"input_audio":{{"data":"{blob}","format":"wav"}}}}]"#),
            format!(r#"[{{"source":{{"type":"base64","data" : "{blob}"}}}}]"#),
            format!(r#"[{{"inlineData":{{"data":"{blob}"}}}}]"#),
        ] {
            assert!(
                ScriptBytes::of_values(raw.as_bytes()).ascii < 20,
                "{}",
                &raw[..40]
            );
        }
        let said = "A sentence of a person who calls a field `data` because that is what it is, is text.";
        let raw = format!(r#"{{"data":"{said}"}}"#);
        assert_eq!(
            ScriptBytes::of_values(raw.as_bytes()),
            ScriptBytes::of(said.as_bytes())
        );
    }

    #[test]
    fn keys_count_in_schemas_only_and_tokens_one_by_one() {
        let raw = br#"{"city":{"type":"string"}}"#;
        assert_eq!(ScriptBytes::of_values(raw).ascii, 6);
        assert_eq!(ScriptBytes::of_schema(raw).ascii, 14);
        assert_eq!(ScriptBytes::of_input(b"[1,22,333]").tokens(), 3);
        assert_eq!(ScriptBytes::of_input(b"[[1,22],[333]]").tokens(), 3);
        assert_eq!(ScriptBytes::of_input(b"[]").tokens(), 0);
        assert_eq!(ScriptBytes::of_input(br#"["abcd","abcd"]"#).tokens(), 2);
    }
}
