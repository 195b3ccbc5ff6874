//! What the clients of one dialect cannot bear in a stream, block by block (`reference/tools.md` facts 7, 9 and 11).
//! Everything they can bear stays as the gateway wrote it.

use std::borrow::Cow;

use memchr::memmem;
use nexdesk_protocol::Interface;

/// A block as this dialect's clients can read it; `None` where they had better not see it.
pub(super) fn worded(interface: Interface, block: &[u8]) -> Option<Cow<'_, [u8]>> {
    if interface == Interface::Generate {
        return by_hand(block);
    }
    // An event without data (`id:` or `retry:` alone) breaks openai-python; a comment does not.
    let is_comment = || lines(block).all(|line| line.is_empty() || line.starts_with(b":"));
    (data(block).any(|value| !value.trim_ascii().is_empty()) || is_comment()).then_some(Cow::Borrowed(block))
}

/// Clients of Gemini read events by hand: one line, a space behind the colon, and nothing else in the stream.
fn by_hand(block: &[u8]) -> Option<Cow<'_, [u8]>> {
    let ends_with = |line: &[u8]| {
        let mut ends = [&b"\n\n"[..], b"\r\n\r\n", b"\r\r"].into_iter();
        ends.any(|end| block.strip_suffix(end).is_some_and(|rest| rest.ends_with(line)))
    };
    let mut said = lines(block).filter(|line| !line.is_empty());
    let line = said.next().filter(|line| line.starts_with(b"data: {"));
    let is_plain = said.next().is_none() && line.is_some_and(ends_with);
    if is_plain {
        return Some(Cow::Borrowed(block));
    }
    // Between two tokens of JSON a space is as good as a line end.
    let values: Vec<&[u8]> = data(block).collect();
    let said = values.join(&b" "[..]);
    let said = said.trim_ascii();
    // What OpenAI ends with is no JSON, and nobody here would skip it.
    (!said.is_empty() && said != b"[DONE]").then(|| Cow::Owned([b"data: ", said, b"\n\n"].concat()))
}

/// Gateways report trouble in OpenAI's words whatever was asked, and two kinds of clients step over them as over any
/// event they do not know.
pub(super) fn is_understood(interface: Interface, block: &[u8]) -> bool {
    match interface {
        Interface::Responses => memmem::find(block, b"response.failed").is_some(),
        Interface::Messages => named(block) == Some(b"error"),
        _ => true,
    }
}

/// Whether this is the event without which Claude Code takes a message for broken, though the model has stopped.
pub(super) fn is_last_of_message(block: &[u8]) -> bool {
    named(block) == Some(b"message_stop")
}

/// See [`is_last_of_message`].
pub(super) const LAST_OF_MESSAGE: &[u8] = b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

fn named(block: &[u8]) -> Option<&[u8]> {
    let mut names = lines(block).filter_map(|line| line.strip_prefix(b"event:"));
    names.next_back().map(<[u8]>::trim_ascii)
}

fn data(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines(block).filter_map(|line| match line.strip_prefix(b"data")? {
        [b':', value @ ..] => Some(value.strip_prefix(b" ").unwrap_or(value)),
        _ => None,
    })
}

fn lines(block: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    block.split(|byte| matches!(byte, b'\n' | b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(interface: Interface, block: &str) -> Option<String> {
        let passed = worded(interface, block.as_bytes())?;
        Some(String::from_utf8_lossy(&passed).into_owned())
    }

    #[test]
    fn gemini_gets_one_line_an_event_and_nothing_besides() {
        for block in [
            "data: {\"a\":1}\n\n",
            "data: {\"a\":1}\r\n\r\n",
            "\n\ndata: {\"a\":1}\r\r",
        ] {
            assert_eq!(passed(Interface::Generate, block).as_deref(), Some(block));
        }
        for block in [
            "data:{\"a\":1}\n\n",
            ": ping\ndata: {\"a\":1}\n\n",
            "event: x\nid: 3\ndata:{\"a\":1}\r\n\r\n",
            "data: {\"a\":1}\r\n\n",
        ] {
            assert_eq!(
                passed(Interface::Generate, block).as_deref(),
                Some("data: {\"a\":1}\n\n"),
                "{block:?}"
            );
        }
        let spread = passed(Interface::Generate, "data: {\ndata:  \"a\": 1\ndata: }\n\n");
        assert_eq!(spread.as_deref(), Some("data: {  \"a\": 1 }\n\n"));
        for block in [": ping\n\n", "id: 3\n\n", "data: [DONE]\n\n", "data:\n\n", "\n\n"] {
            assert_eq!(passed(Interface::Generate, block), None, "{block:?}");
        }
    }

    #[test]
    fn everybody_else_gets_what_came_but_for_events_without_data() {
        for block in [": ping\n\n", "data:x\r\r", "event: e\n: c\ndata: {}\n\n", "\n\n"] {
            assert_eq!(passed(Interface::Chat, block).as_deref(), Some(block));
        }
        for block in [
            "id: 3\n\n",
            "retry: 5\r\n\r\n",
            "event: ping\n\n",
            "data:\n\n",
            "data: \n\n",
        ] {
            assert_eq!(passed(Interface::Chat, block), None, "{block:?}");
        }
    }
}
