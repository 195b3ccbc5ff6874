//! The first lines of a request as they go out, and of an answer as they come in.

use std::io;

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

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
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| head.extend_from_slice(part));
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let host = url.authority().map_or("", |authority| authority.as_str());
    put(&[
        method.as_str().as_bytes(),
        b" ",
        path.as_bytes(),
        b" HTTP/1.1\r\nhost: ",
        host.as_bytes(),
        b"\r\n",
    ]);
    for (name, value) in headers.iter().chain(secret) {
        put(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"]);
    }
    match body {
        Announced::Nothing => {}
        Announced::Length(length) => put(&[b"content-length: ", length.to_string().as_bytes(), b"\r\n"]),
        Announced::Chunked => put(&[b"transfer-encoding: chunked\r\n"]),
    }
    put(&[b"\r\n"]);
    head
}

/// Reads the head of an answer; `None` while it is not complete.
pub(crate) fn answer(bytes: &[u8], method: &Method) -> io::Result<Option<Head>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    let size = match parsed.parse(bytes) {
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
    for field in parsed.headers.iter() {
        let name =
            HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| invalid("a header has no name"))?;
        let value = HeaderValue::from_bytes(field.value).map_err(|_| invalid("a header is not text"))?;
        headers.append(name, value);
    }
    let framing = framing(status, method, &headers)?;
    let is_new = parsed.version == Some(1);
    let keeps = framing != Framing::UntilClose
        && if is_new {
            !says(&headers, "close")
        } else {
            says(&headers, "keep-alive")
        };
    Ok(Some(Head {
        status,
        headers,
        framing,
        keeps,
        size,
    }))
}

fn framing(status: StatusCode, method: &Method, headers: &HeaderMap) -> io::Result<Framing> {
    if *method == Method::HEAD
        || status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    {
        return Ok(Framing::None);
    }
    if let Some(coding) = headers.get_all(TRANSFER_ENCODING).iter().next_back() {
        let last = coding
            .as_bytes()
            .rsplit(|byte| *byte == b',')
            .next()
            .unwrap_or_default();
        return Ok(if last.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            Framing::Chunked
        } else {
            Framing::UntilClose
        });
    }
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let Some(length) = lengths.next() else {
        return Ok(Framing::UntilClose);
    };
    // Two lengths are how one answer is smuggled behind another.
    if lengths.any(|other| other != length) {
        return Err(invalid("it has two lengths"));
    }
    let text = length.to_str().unwrap_or_default().trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid("its length is no number"));
    }
    text.parse()
        .map(Framing::Length)
        .map_err(|_| invalid("its length is no number"))
}

fn says(headers: &HeaderMap, word: &str) -> bool {
    headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|list| list.split(',').any(|item| item.trim().eq_ignore_ascii_case(word)))
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
