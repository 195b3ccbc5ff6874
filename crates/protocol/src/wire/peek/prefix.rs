//! A JSON request that is too large to be held: its model and whether it wants a stream, found as the bytes pass by.

use memchr::memchr2;

use super::{Asked, Named};

/// A model's name, or a field's, is never longer.
const WORD_CAP: usize = 1024;

/// Reads a JSON object along, piece by piece. What it is given is not checked: the gateway will.
#[derive(Debug, Default)]
pub struct Prefix {
    asked: Option<Asked>,
    /// How many bytes have passed.
    seen: usize,
    depth: u32,
    inside: Inside,
    /// The word that is being read, quotes and escapes as they stand.
    word: Vec<u8>,
    began: usize,
    field: Option<Field>,
    /// Whether a field's name comes next, and not a value.
    wants_name: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Structure,
    Text,
    /// Behind a backslash.
    Escape,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Model,
    Stream,
    Other,
}

impl Prefix {
    /// What has been found so far.
    #[must_use]
    pub fn so_far(&self) -> &Asked {
        static NOTHING: std::sync::LazyLock<Asked> = std::sync::LazyLock::new(Asked::nothing);
        self.asked.as_ref().unwrap_or(&NOTHING)
    }

    /// Looks at the next bytes.
    pub fn push(&mut self, piece: &[u8]) {
        let mut at = 0;
        while at < piece.len() {
            at = match self.inside {
                Inside::Text => self.text(piece, at),
                Inside::Escape => {
                    self.keep(&piece[at..=at]);
                    self.inside = Inside::Text;
                    at + 1
                }
                Inside::Structure => {
                    self.structure(piece[at], self.seen + at);
                    at + 1
                }
            };
        }
        self.seen += piece.len();
    }

    fn text(&mut self, piece: &[u8], at: usize) -> usize {
        let Some(found) = memchr2(b'"', b'\\', &piece[at..]) else {
            self.keep(&piece[at..]);
            return piece.len();
        };
        let end = at + found;
        self.keep(&piece[at..=end]);
        if piece[end] == b'\\' {
            self.inside = Inside::Escape;
        } else {
            self.inside = Inside::Structure;
            self.word_ends(self.seen + end + 1);
        }
        end + 1
    }

    fn structure(&mut self, byte: u8, at: usize) {
        match byte {
            b'"' => {
                self.inside = Inside::Text;
                self.word.clear();
                self.word.push(b'"');
                self.began = at;
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.wants_name = self.depth == 1;
            }
            b'}' | b']' => {
                self.bare_word_ends();
                self.depth = self.depth.saturating_sub(1);
            }
            b',' => {
                self.bare_word_ends();
                self.wants_name = self.depth == 1;
            }
            b':' if self.depth == 1 => {
                self.word.clear();
                self.wants_name = false;
            }
            byte if self.depth == 1 && !byte.is_ascii_whitespace() => self.keep(&[byte]),
            _ => {}
        }
    }

    /// Only the words of the outermost object are of interest: a picture in base64 is none of them.
    fn keep(&mut self, bytes: &[u8]) {
        if self.depth == 1 && self.word.len() + bytes.len() <= WORD_CAP {
            self.word.extend_from_slice(bytes);
        } else {
            self.word.truncate(1);
        }
    }

    fn word_ends(&mut self, end: usize) {
        if self.depth != 1 {
            return;
        }
        let word: Option<String> = serde_json::from_slice(&self.word).ok();
        if self.wants_name {
            self.field = word.map(|name| match name.as_str() {
                "model" => Field::Model,
                "stream" => Field::Stream,
                _ => Field::Other,
            });
        } else if let (Some(Field::Model), Some(text)) = (self.field.take(), word) {
            let at = self.began..end;
            self.found().model = Some(Named { text, at, json: true });
        }
        self.word.clear();
    }

    fn bare_word_ends(&mut self) {
        if self.depth == 1 && self.field.take() == Some(Field::Stream) {
            self.found().stream = self.word == b"true";
        }
        self.word.clear();
    }

    fn found(&mut self) -> &mut Asked {
        self.asked.get_or_insert_with(Asked::nothing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#" {"messages":[{"model":"inner","content":"a \"model\": \\"}],"n" : 1, "stream": true ,"model" : "caf\u00e9/x" ,"tail":[{}]}"#;

    #[test]
    fn the_outermost_model_is_found_wherever_the_pieces_are_cut() {
        for cut in 1..BODY.len() {
            let mut scan = Prefix::default();
            BODY.as_bytes().chunks(cut).for_each(|piece| scan.push(piece));
            let asked = scan.so_far();
            let model = asked.model.as_ref().expect("a model");
            assert_eq!(
                (model.text.as_str(), &BODY[model.at.clone()]),
                ("café/x", r#""caf\u00e9/x""#),
                "cut every {cut}"
            );
            assert!(asked.stream, "cut every {cut}");
        }
    }

    #[test]
    fn it_agrees_with_the_reader_of_whole_requests() {
        let whole = super::super::request(crate::Interface::Chat, None, BODY.as_bytes()).expect("a request");
        let mut scan = Prefix::default();
        scan.push(BODY.as_bytes());
        assert_eq!(
            (&scan.so_far().model, scan.so_far().stream),
            (&whole.model, whole.stream)
        );
    }

    #[test]
    fn a_picture_of_any_size_leaves_nothing_behind() {
        let mut scan = Prefix::default();
        scan.push(b"{\"image\":\"");
        (0..100).for_each(|_| scan.push(&[b'A'; 65_536]));
        scan.push(b"\",\"model\":\"m\"");
        assert!(scan.word.capacity() <= 2 * WORD_CAP);
        assert_eq!(scan.so_far().model_name(), "m");
    }
}
