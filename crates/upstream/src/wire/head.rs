//! The first lines of a request as they go out, and of an answer as they come in.

use std::io;
use std::mem::MaybeUninit;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use httparse::ParserConfig;

/// Header fields a gateway may send; a cookie-happy proxy sends some forty.
const FIELDS: usize = 200;
/// More than this before the first blank line is no HTTP.
pub(crate) const HEAD_CAP: usize = 256 * 1024;

/// How the body of an answer is told from what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    None,
    Length(u64),
    Chunked,
    UntilClose,
}

/// The head of an answer.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) framing: Framing,
    /// Whether the connection may serve another exchange when the body has ended.
    pub(crate) keeps: bool,
    /// How many bytes it took.
    pub(crate) size: usize,
}

/// How the body of a request is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    Nothing,
    Length(u64),
    Chunked,
}

/// Writes the head of a request.
pub(crate) fn request(
    method: &Method,
    url: &Uri,
    headers: &HeaderMap,
    secret: Option<(&HeaderName, &HeaderValue)>,
    body: Announced,
) -> Vec<u8> {
    let mut head = Vec::with_capacity(1024);
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let host = url.authority().map_or("", |authority| authority.as_str());
    head.extend_from_slice(method.as_str().as_bytes());
    head.push(b' ');
    head.extend_from_slice(path.as_bytes());
    head.extend_from_slice(b" HTTP/1.1\r\nhost: ");
    head.extend_from_slice(host.as_bytes());
    for (name, value) in headers.iter().chain(secret) {
        head.extend_from_slice(b"\r\n");
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
    }
    match body {
        Announced::Nothing => {}
        Announced::Length(length) => {
            head.extend_from_slice(b"\r\ncontent-length: ");
            put_number(length, &mut head);
        }
        Announced::Chunked => head.extend_from_slice(b"\r\ntransfer-encoding: chunked"),
    }
    head.extend_from_slice(b"\r\n\r\n");
    head
}

fn put_number(number: u64, head: &mut Vec<u8>) {
    if number >= 10 {
        put_number(number / 10, head);
    }
    head.push(b'0' + (number % 10) as u8);
}

/// Reads the head of an answer; `None` while it is not complete.
pub(crate) fn answer(bytes: &[u8], method: &Method) -> io::Result<Option<Head>> {
    // Unwritten: to blank two hundred of them costs more than to read the five that come.
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    let mut parsed = httparse::Response::new(&mut []);
    let size =
        match ParserConfig::default().parse_response_with_uninit_headers(&mut parsed, bytes, &mut fields) {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) if bytes.len() < HEAD_CAP => return Ok(None),
            Ok(httparse::Status::Partial) => return Err(invalid("its headers have no end")),
            Err(error) => return Err(invalid(&error.to_string())),
        };
    let status = parsed
        .code
        .and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| invalid("it has no status"))?;
    let mut headers = HeaderMap::with_capacity(parsed.headers.len());
    // One copy, of which every value is a part.
    let kept = Bytes::copy_from_slice(&bytes[..size]);
    let mut ending = Ending::default();
    for field in parsed.headers.iter() {
        let name =
            HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| invalid("a header has no name"))?;
        ending.hear(&name, field.value);
        let from = field.value.as_ptr() as usize - bytes.as_ptr() as usize;
        let value = kept.slice(from..from + field.value.len());
        let value = HeaderValue::from_maybe_shared(value).map_err(|_| invalid("a header is not text"))?;
        headers.append(name, value);
    }
    let framing = ending.framing(status, method)?;
    let is_new = parsed.version == Some(1);
    let keeps = framing != Framing::UntilClose && if is_new { !ending.closes } else { ending.keeps };
    Ok(Some(Head {
        status,
        headers,
        framing,
        keeps,
        size,
    }))
}

/// What the fields say of where the body ends, and of the connection behind it.
#[derive(Default)]
struct Ending<'a> {
    /// The last one, which is the outermost.
    coding: Option<&'a [u8]>,
    length: Option<&'a [u8]>,
    /// Two lengths are how one answer is smuggled behind another.
    has_two_lengths: bool,
    closes: bool,
    keeps: bool,
}

impl<'a> Ending<'a> {
    fn hear(&mut self, name: &HeaderName, value: &'a [u8]) {
        if *name == CONTENT_LENGTH {
            self.has_two_lengths |= self.length.is_some_and(|length| length != value);
            self.length = Some(value);
        } else if *name == TRANSFER_ENCODING {
            self.coding = Some(value);
        } else if *name == CONNECTION {
            for word in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                self.closes |= word.eq_ignore_ascii_case(b"close");
                self.keeps |= word.eq_ignore_ascii_case(b"keep-alive");
            }
        }
    }

    fn framing(&self, status: StatusCode, method: &Method) -> io::Result<Framing> {
        if *method == Method::HEAD
            || status.is_informational()
            || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        {
            return Ok(Framing::None);
        }
        if let Some(coding) = self.coding {
            let last = coding.rsplit(|byte| *byte == b',').next().unwrap_or_default();
            return Ok(if last.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                Framing::Chunked
            } else {
                Framing::UntilClose
            });
        }
        let Some(length) = self.length else {
            return Ok(Framing::UntilClose);
        };
        if self.has_two_lengths {
            return Err(invalid("it has two lengths"));
        }
        // A sign would pass as a number, and other readers of this head would not let it.
        let digits = length.trim_ascii();
        let number = digits.iter().try_fold(0_u64, |number, digit| {
            let value = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
            number.checked_mul(10)?.checked_add(value)
        });
        number
            .filter(|_| !digits.is_empty())
            .map(Framing::Length)
            .ok_or_else(|| invalid("its length is no number"))
    }
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Head {
        answer(text.as_bytes(), &Method::POST)
            .expect("HTTP")
            .expect("complete")
    }

    #[test]
    fn the_body_ends_where_its_head_says() {
        let ok = "HTTP/1.1 200 OK\r\n";
        assert_eq!(
            read(&format!("{ok}Content-Length: 7\r\n\r\n")).framing,
            Framing::Length(7)
        );
        assert_eq!(
            read(&format!(
                "{ok}Transfer-Encoding: gzip, chunked\r\nContent-Length: 7\r\n\r\n"
            ))
            .framing,
            Framing::Chunked
        );
        assert_eq!(read(&format!("{ok}\r\n")).framing, Framing::UntilClose);
        assert_eq!(
            read("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n").framing,
            Framing::None
        );
        let to_head = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", &Method::HEAD);
        assert_eq!(to_head.expect("HTTP").expect("complete").framing, Framing::None);
    }

    #[test]
    fn two_different_lengths_and_lengths_that_are_no_numbers_are_refused() {
        for lengths in [
            "Content-Length: 7\r\nContent-Length: 8",
            "Content-Length: +7",
            "Content-Length: 7 8",
            "Content-Length:",
        ] {
            let head = format!("HTTP/1.1 200 OK\r\n{lengths}\r\n\r\n");
            assert!(answer(head.as_bytes(), &Method::GET).is_err(), "{lengths}");
        }
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n").framing,
            Framing::Length(7)
        );
    }

    #[test]
    fn a_connection_is_kept_only_where_both_ends_will() {
        assert!(read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").keeps);
        assert!(!read("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: Foo, Close\r\n\r\n").keeps);
        assert!(!read("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keeps);
        assert!(!read("HTTP/1.1 200 OK\r\n\r\n").keeps);
    }

    #[test]
    fn a_head_without_end_is_refused() {
        assert!(
            answer(b"HTTP/1.1 200 OK\r\nA: b", &Method::GET)
                .expect("so far")
                .is_none()
        );
        let endless = [b"HTTP/1.1 200 OK\r\nA: ".to_vec(), vec![b'b'; HEAD_CAP]].concat();
        assert!(answer(&endless, &Method::GET).is_err());
    }
}
