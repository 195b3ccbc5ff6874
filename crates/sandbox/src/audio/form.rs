//! multipart/form-data: the fields and files of an upload.

use bytes::Bytes;
use memchr::memmem;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::refusal;
use crate::reply::Reply;

/// An upload, taken apart. Fields stand in an object, so that they are read as a JSON body would be.
pub(crate) struct Form {
    pub(crate) fields: Value,
    files: Vec<(String, File)>,
}

/// One uploaded file.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Form {
    /// The first file of a field.
    pub(crate) fn file(&self, field: &str) -> Option<&File> {
        self.files
            .iter()
            .find(|(name, _)| name == field)
            .map(|(_, file)| file)
    }
}

/// Reads the form of a request.
pub(crate) fn read(call: &Call) -> Result<Form, Reply> {
    let broken = || {
        refusal::invalid(
            "The request body is not a complete multipart/form-data form",
            None,
        )
    };
    let boundary = parameter(&call.content_type, "boundary").ok_or_else(broken)?;
    let delimiter = format!("\r\n--{boundary}");
    // The first boundary has no line end before it; every later one has, and it belongs to the boundary.
    let opening = format!("--{boundary}");
    let mut at = memmem::find(&call.body, opening.as_bytes()).ok_or_else(broken)? + opening.len();
    let (mut fields, mut files) = (Map::new(), Vec::new());
    loop {
        let rest = &call.body[at..];
        if rest.starts_with(b"--") {
            return Ok(Form {
                fields: Value::Object(fields),
                files,
            });
        }
        let head = memmem::find(rest, b"\r\n\r\n").ok_or_else(broken)?;
        let content = at + head + 4;
        let length = memmem::find(&call.body[content..], delimiter.as_bytes()).ok_or_else(broken)?;
        let headers = String::from_utf8_lossy(&rest[..head]);
        let disposition = headers
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))
            .ok_or_else(broken)?;
        let name = parameter(disposition, "name").ok_or_else(broken)?;
        let bytes = call.body.slice(content..content + length);
        match parameter(disposition, "filename") {
            Some(file) => files.push((name, File { name: file, bytes })),
            None => {
                fields.insert(name, Value::String(String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        at = content + length + delimiter.len();
    }
}

/// The value of `; key=value` or `; key="value"` in a header line.
fn parameter(header: &str, key: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let value = part.trim().strip_prefix(key)?.strip_prefix('=')?;
        Some(value.trim_matches('"').to_owned())
    })
}
