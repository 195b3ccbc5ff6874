//! The first lines of a request: where they end, what they say, and what in them is a trick. Two programs that read one
//! request differently are how a second one is smuggled past the first, so what is ambiguous is refused.

use std::mem::MaybeUninit;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};

/// Claude Code sends thirty headers, of 8 KB at most.
const MOST_HEADERS: usize = 128;
pub(super) const CAP: usize = 256 * 1024;
/// What `Uri` can hold.
const LONGEST_TARGET: usize = u16::MAX as usize - 1;
const LONGEST_METHOD: usize = 64;

/// A head that cannot be served: its status, and why, for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bad(pub(super) u16, pub(super) &'static str);

/// How the body of a request is told from what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
}

#[derive(Debug)]
pub(super) struct Head {
    pub(super) parts: Parts,
    pub(super) framing: Framing,
    /// Whether the caller wants to ask again on this connection.
    pub(super) keeps: bool,
    /// Whether it waits to be told that its body is wanted.
    pub(super) expects: bool,
}

/// How far a head has been looked through for the blank line at its end.
#[derive(Default)]
pub(super) struct Scan {
    looked: usize,
    line: usize,
}

impl Scan {
    /// Where the head ends. Each byte is looked at once, however many pieces it comes in.
    pub(super) fn end(&mut self, come: &[u8]) -> Result<Option<usize>, Bad> {
        // Somebody speaks TLS, or something else: they need not wait to hear it.
        if come
            .first()
            .is_some_and(|first| Method::from_bytes(&[*first]).is_err())
        {
            return Err(Bad(400, "it does not begin with a method"));
        }
        while let Some(found) = memchr::memchr(b'\n', &come[self.looked..]) {
            let at = self.looked + found;
            if at == 0 || come[at - 1] != b'\r' {
                return Err(Bad(400, "a line ends without a carriage return"));
            }
            let is_blank = at == self.line + 1;
            (self.looked, self.line) = (at + 1, at + 1);
            if is_blank {
                return Ok(Some(at + 1));
            }
        }
        self.looked = come.len();
        if self.line == 0 && come.len() > LONGEST_TARGET + LONGEST_METHOD {
            return Err(TOO_LONG);
        }
        if come.len() >= CAP {
            return Err(Bad(431, "its headers are longer than 256 KB"));
        }
        Ok(None)
    }
}

const TOO_LONG: Bad = Bad(414, "its address is longer than 64 KB");
const LENGTH: Bad = Bad(400, "its content-length is no number");

/// Reads a whole head. Values stay where they are, in `head`; `headers` is empty and lends its room.
pub(super) fn read(head: &Bytes, mut headers: HeaderMap) -> Result<Head, Bad> {
    let mut fields = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut parsed = httparse::Request::new(&mut []);
    let size = match parsed.parse_with_uninit_headers(head, &mut fields) {
        Ok(httparse::Status::Complete(size)) => size,
        Ok(httparse::Status::Partial) => return Err(Bad(400, "its head has no end")),
        Err(error) => return Err(bad(error, head)),
    };
    if size != head.len() {
        return Err(Bad(400, "its head ends twice"));
    }
    let (method, target) = (parsed.method.unwrap_or_default(), parsed.path.unwrap_or_default());
    if target.len() > LONGEST_TARGET {
        return Err(TOO_LONG);
    }
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| Bad(400, "it has no method"))?;
    let uri = Uri::from_maybe_shared(head.slice_ref(target.as_bytes()))
        .map_err(|_| Bad(400, "its address is none"))?;
    let mut said = Said::new(parsed.version == Some(1));
    headers.reserve(parsed.headers.len());
    for field in parsed.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| NAME)?;
        let value = HeaderValue::from_maybe_shared(head.slice_ref(field.value)).map_err(|_| VALUE)?;
        if said.hear(&name, value.as_bytes())? {
            headers.append(name, value);
        }
    }
    let (mut parts, ()) = Request::new(()).into_parts();
    (parts.method, parts.uri, parts.headers) = (method, uri, headers);
    parts.version = if said.is_new {
        Version::HTTP_11
    } else {
        Version::HTTP_10
    };
    said.head(parts)
}

const NAME: Bad = Bad(400, "a header has no proper name");
const VALUE: Bad = Bad(400, "a header's value is not one line of text");

fn bad(error: httparse::Error, head: &[u8]) -> Bad {
    match error {
        httparse::Error::TooManyHeaders => Bad(431, "it has more than 128 headers"),
        httparse::Error::Version if names_a_version(head) => {
            Bad(505, "its version of HTTP is not spoken here, HTTP/1.1 is")
        }
        httparse::Error::HeaderName => NAME,
        httparse::Error::HeaderValue => VALUE,
        _ => Bad(400, "its first line is not HTTP"),
    }
}

/// Whether what stands where the version should is one, if not ours.
fn names_a_version(head: &[u8]) -> bool {
    let first = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let mut words = first.split(|byte| *byte == b' ').skip(2);
    words.next().is_some_and(|third| third.starts_with(b"HTTP/")) && words.next().is_none()
}

/// What the headers say about the connection and the body.
struct Said {
    is_new: bool,
    length: Option<u64>,
    chunked: bool,
    closes: bool,
    keeps: bool,
    expects: bool,
}

impl Said {
    fn new(is_new: bool) -> Self {
        Self {
            is_new,
            length: None,
            chunked: false,
            closes: false,
            keeps: false,
            expects: false,
        }
    }

    /// Whether this header is to be passed on.
    fn hear(&mut self, name: &HeaderName, value: &[u8]) -> Result<bool, Bad> {
        match *name {
            header::CONTENT_LENGTH => return self.hear_length(value),
            header::TRANSFER_ENCODING => self.hear_coding(value)?,
            header::CONNECTION => {
                for word in value.split(|byte| *byte == b',') {
                    let word = word.trim_ascii();
                    self.closes |= word.eq_ignore_ascii_case(b"close");
                    self.keeps |= word.eq_ignore_ascii_case(b"keep-alive");
                }
            }
            header::EXPECT => self.expects = value.eq_ignore_ascii_case(b"100-continue"),
            // The old version has no other protocols to switch to.
            header::UPGRADE => return Ok(self.is_new),
            _ => {}
        }
        Ok(true)
    }

    fn hear_length(&mut self, value: &[u8]) -> Result<bool, Bad> {
        if value.is_empty() || value.len() > 19 || !value.iter().all(u8::is_ascii_digit) {
            return Err(LENGTH);
        }
        let length = value
            .iter()
            .fold(0, |length, digit| length * 10 + u64::from(digit - b'0'));
        match self.length.replace(length) {
            None => Ok(true),
            Some(before) if before == length => Ok(false),
            Some(_) => Err(Bad(400, "it has two lengths")),
        }
    }

    fn hear_coding(&mut self, value: &[u8]) -> Result<(), Bad> {
        if !self.is_new {
            return Err(Bad(400, "HTTP/1.0 has no transfer-encoding"));
        }
        let mut codings = value.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        let last = codings.next().unwrap_or_default();
        if self.chunked || !last.eq_ignore_ascii_case(b"chunked") {
            return Err(Bad(400, "its transfer-encoding does not end with chunked, once"));
        }
        if codings.next().is_some() {
            return Err(Bad(501, "of transfer-encodings only chunked is read here"));
        }
        self.chunked = true;
        Ok(())
    }

    fn head(self, parts: Parts) -> Result<Head, Bad> {
        let framing = match (self.length, self.chunked) {
            (Some(_), true) => return Err(Bad(400, "it has a length and is chunked")),
            (None, true) => Framing::Chunked,
            (length, false) => Framing::Length(length.unwrap_or_default()),
        };
        Ok(Head {
            parts,
            framing,
            keeps: !self.closes && (self.is_new || self.keeps),
            expects: self.expects && self.is_new,
        })
    }
}
