//! The id of an exchange: known by sixteen bytes where it is one of ours, by its text where it is not.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use smol_str::SmolStr;
use uuid::Uuid;

/// The id of an exchange. It reads as its text.
#[derive(Clone)]
pub struct ExchangeId(Form);

/// Ours carry their text with them: it is asked for by every answer's head, and a copy costs no allocation.
#[derive(Clone)]
enum Form {
    Ours { bytes: [u8; 16], text: [u8; 36] },
    Text(SmolStr),
}

impl ExchangeId {
    /// A fresh one. Ids made later sort later, so the newest rows lie together in every index.
    pub fn fresh() -> Self {
        Self::ours(Uuid::now_v7())
    }

    fn ours(id: Uuid) -> Self {
        let mut text = [0; 36];
        id.hyphenated().encode_lower(&mut text);
        let bytes = id.into_bytes();
        Self(Form::Ours { bytes, text })
    }

    fn known_by(&self) -> &[u8] {
        match &self.0 {
            Form::Ours { bytes, .. } => bytes,
            Form::Text(text) => text.as_bytes(),
        }
    }
}

impl From<&str> for ExchangeId {
    fn from(text: &str) -> Self {
        // Only the usual form comes back as it was: other spellings of a UUID, and capitals, stay text.
        let usual = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match Uuid::try_parse(text) {
            Ok(id) if usual => Self::ours(id),
            _ => Self(Form::Text(text.into())),
        }
    }
}

impl From<String> for ExchangeId {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Deref for ExchangeId {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Form::Ours { text, .. } => str::from_utf8(text).unwrap_or_default(),
            Form::Text(text) => text,
        }
    }
}

impl PartialEq for ExchangeId {
    fn eq(&self, other: &Self) -> bool {
        // A text of sixteen bytes is nobody's sixteen bytes.
        matches!(self.0, Form::Ours { .. }) == matches!(other.0, Form::Ours { .. })
            && self.known_by() == other.known_by()
    }
}

impl Eq for ExchangeId {}

impl PartialEq<str> for ExchangeId {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for ExchangeId {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl Hash for ExchangeId {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write(self.known_by());
    }
}

impl fmt::Debug for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl fmt::Display for ExchangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl ToSql for ExchangeId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match &self.0 {
            Form::Ours { bytes, .. } => ValueRef::Blob(bytes),
            Form::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl FromSql for ExchangeId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => bytes
                .try_into()
                .map(|bytes| Self::ours(Uuid::from_bytes(bytes)))
                .map_err(|_| FromSqlError::InvalidBlobSize {
                    expected_size: 16,
                    blob_size: bytes.len(),
                }),
            text => Ok(Self(Form::Text(text.as_str()?.into()))),
        }
    }
}
