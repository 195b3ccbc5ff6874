//! The one place that strikes secrets out of what could be read by somebody: logs, captured bodies, traces. Come here
//! when a new shape of key appears.
//!
//! A secret is known by its shape (`sk-…`), by what stands before it (`Bearer`, `?key=`, `x-api-key:`), or by the name
//! of the JSON field it is in, however often the JSON was escaped. What was cut into events in its middle is not found.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::LazyLock;

use http::HeaderMap;
use regex::bytes::{Captures, Regex};

/// What stands in the place of a secret.
pub const STRUCK: &str = "[redacted]";

/// Headers that say something about a request or an answer and give nobody away. Everything else is left out.
const HEADERS: [&str; 16] = [
    "accept",
    "accept-encoding",
    "anthropic-beta",
    "anthropic-version",
    "content-encoding",
    "content-length",
    "content-type",
    "openai-beta",
    "openai-processing-ms",
    "openai-version",
    "request-id",
    "retry-after",
    "transfer-encoding",
    "user-agent",
    "x-request-id",
    "x-should-retry",
];
const HEADER_FAMILIES: [&str; 4] = [
    "x-ratelimit-",
    "anthropic-ratelimit-",
    "x-stainless-",
    "x-nexdesk-",
];

/// Where a secret may begin. What of it is one is decided below: a pattern alone cannot count backslashes.
#[expect(
    clippy::expect_used,
    reason = "the pattern is a constant, and every test of this file compiles it"
)]
static OPENINGS: LazyLock<Regex> = LazyLock::new(|| {
    let secret = "api[_-]?key|access[_-]?token|auth[_-]?token|secret|password|passwd";
    let pattern = [
        // "api_key": "…", also as it stands in a string: \"api_key\": \"…\"
        &format!(
            r#"\\*"[a-z0-9_.-]*?(?:{secret}|(?P<token>token)|authorization|private[_-]?key|credentials?|cookie)\\*"\s*:\s*(?P<field>\\*")"#
        ),
        &format!(r#"(?:[?&]|\\u0026)(?:amp;)?(?:key|token|sig|signature|[a-z_-]*(?:{secret}))=(?P<query>)"#),
        r#"(?:proxy-)?authorization[ \t]*[:=][ \t]*["']?(?P<line>)"#,
        r#"(?:x-(?:goog-)?)?api-key[ \t]*[:=][ \t]*["']?(?P<name>)"#,
        r#"(?:set-)?cookie[ \t]*[:=][ \t]*["']?(?P<cookie>)"#,
        r"bearer(?:[ \t]+|%20|\+)(?P<bearer>)",
        &format!(r#"(?:{secret})["']?[ \t]*=[ \t]*["']?(?P<env>)"#),
        r"(?P<shape>(?:sk|rk|pk|ak|ark|nxd|nxm|xai|gsk|csk|hf|r8|pplx|tvly|jina|nvapi|fw|gh[a-z]|glpat)[-_][a-z0-9_.-]{12,}|aiza[a-z0-9_-]{20,}|eyj[a-z0-9_-]{8,}\.[a-z0-9_-]{8,}\.[a-z0-9_-]*)",
    ];
    Regex::new(&format!("(?i-u){}", pattern.join("|"))).expect("a pattern that compiles")
});

/// The bytes without their secrets; borrowed where there are none.
#[must_use]
pub fn bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut out: Vec<u8> = Vec::new();
    let (mut kept_to, mut at) = (0, 0);
    while let Some(found) = OPENINGS.captures_at(bytes, at) {
        let whole = found
            .get(0)
            .map_or(bytes.len()..bytes.len(), |whole| whole.range());
        match secret(bytes, &found, &whole) {
            Some(secret) if bytes[secret.clone()] != *STRUCK.as_bytes() => {
                out.extend_from_slice(&bytes[kept_to..secret.start]);
                out.extend_from_slice(STRUCK.as_bytes());
                kept_to = secret.end;
                at = secret.end;
            }
            Some(secret) => at = secret.end,
            // One further only: a key may stand within what looked like the beginning of another.
            None => at = whole.start + 1,
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(bytes);
    }
    out.extend_from_slice(&bytes[kept_to..]);
    Cow::Owned(out)
}

/// The text without its secrets.
#[must_use]
pub fn text(text: &str) -> Cow<'_, str> {
    match bytes(text.as_bytes()) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        // Only whole characters were cut out, as every mark around a secret is ASCII.
        Cow::Owned(struck) => Cow::Owned(String::from_utf8_lossy(&struck).into_owned()),
    }
}

/// The headers that may be kept, a line each.
pub(crate) fn head(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        let name = name.as_str();
        let is_kept =
            HEADERS.contains(&name) || HEADER_FAMILIES.iter().any(|family| name.starts_with(family));
        if is_kept && let Ok(value) = value.to_str() {
            lines.push_str(name);
            lines.push_str(": ");
            lines.push_str(&text(value));
            lines.push('\n');
        }
    }
    lines
}

/// A writer that strikes secrets out of what is written to it, one line or event at a time.
#[derive(Debug)]
pub struct Struck<W>(pub W);

impl<W: Write> Write for Struck<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&bytes(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Where the secret stands that `found` announces, if it is one.
fn secret(bytes: &[u8], found: &Captures<'_>, whole: &Range<usize>) -> Option<Range<usize>> {
    if let Some(quote) = found.name("field") {
        let value = in_quotes(bytes, quote.range());
        // The pieces of an answer in its `logprobs` are called tokens too, and are short.
        let is_short = found.name("token").is_some() && value.len() < 8;
        return (!value.is_empty() && !is_short).then_some(value);
    }
    if let Some(shape) = found.name("shape") {
        let dots = shape
            .as_bytes()
            .iter()
            .rev()
            .take_while(|byte| **byte == b'.')
            .count();
        let range = shape.start()..shape.end() - dots;
        return (stands_alone(bytes, range.start) && is_random(&bytes[range.clone()], 20)).then_some(range);
    }
    if found.name("query").is_some() {
        let value = word(bytes, whole.end);
        return (!value.is_empty()).then_some(value);
    }
    if found.name("bearer").is_some() || found.name("env").is_some() {
        let value = word(bytes, whole.end);
        return is_random(&bytes[value.clone()], 20).then_some(value);
    }
    let value = line(bytes, whole.end);
    let mut words = bytes[value.clone()].split(u8::is_ascii_whitespace);
    let is_secret = match found.name("cookie") {
        Some(_) => words.any(|word| word.contains(&b'=')),
        None => words.any(|word| is_random(word, 16)),
    };
    is_secret.then_some(value)
}

/// What a person would hardly write: eight characters with a digit, or very many.
fn is_random(word: &[u8], many: usize) -> bool {
    word.len() >= many || (word.len() >= 8 && word.iter().any(u8::is_ascii_digit))
}

/// To the quote that closes the string. A quote within it has more backslashes than the ones around it, and a backslash
/// at its end is doubled as often as the string was escaped.
fn in_quotes(bytes: &[u8], opening: Range<usize>) -> Range<usize> {
    let depth = opening.len() - 1;
    let (start, mut at) = (opening.end, opening.end);
    while let Some(next) = bytes[at..].iter().position(|byte| *byte == b'"') {
        let quote = at + next;
        let slashes = bytes[start..quote]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if slashes % (2 * (depth + 1)) == depth {
            return start..quote - depth;
        }
        at = quote + 1;
    }
    start..bytes.len()
}

fn word(bytes: &[u8], start: usize) -> Range<usize> {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace() || byte.is_ascii_control() || b"&\"'<>\\,;)}]#`".contains(byte)
    };
    until(bytes, start, ends)
}

fn line(bytes: &[u8], start: usize) -> Range<usize> {
    until(bytes, start, |byte| {
        byte.is_ascii_control() || b"\"'\\`".contains(byte)
    })
}

fn until(bytes: &[u8], start: usize, ends: impl Fn(&u8) -> bool) -> Range<usize> {
    let length = bytes[start..].iter().position(ends);
    start..length.map_or(bytes.len(), |length| start + length)
}

/// Whether what begins here is not the end of a longer word. What an escape leaves of itself is no word: `\n`, `\u00e9`,
/// `%20`, and the colours of a terminal.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[..at];
    let Some(last) = before.last().filter(|byte| byte.is_ascii_alphanumeric()) else {
        return true;
    };
    let back = |steps: usize| before.len().checked_sub(steps).map(|from| &before[from..]);
    let hex = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_hexdigit);
    back(2).is_some_and(|end| end[0] == b'\\' && b"bfnrt".contains(&end[1]))
        || back(3).is_some_and(|end| end[0] == b'%' && hex(&end[1..]))
        || back(6).is_some_and(|end| end.starts_with(b"\\u") && hex(&end[2..]))
        || (*last == b'm' && before.iter().rev().take(8).any(|byte| *byte == 0x1b))
}

#[cfg(test)]
mod tests;
