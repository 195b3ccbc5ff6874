//! The id of an exchange as the database keeps it: sixteen bytes where it is one of ours, the text where it is not.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use uuid::Uuid;

/// An id, both ways without loss.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Id {
    Uuid([u8; 16]),
    Text(Box<str>),
}

impl Id {
    pub(crate) fn of(text: &str) -> Id {
        // Only the usual form comes back as it was: other spellings of a UUID, and capitals, stay text.
        let usual = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match Uuid::try_parse(text) {
            Ok(id) if usual => Id::Uuid(id.into_bytes()),
            _ => Id::Text(text.into()),
        }
    }

    pub(crate) fn into_text(self) -> String {
        match self {
            Id::Uuid(bytes) => Uuid::from_bytes(bytes).to_string(),
            Id::Text(text) => text.into(),
        }
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Id::Uuid(bytes) => ValueRef::Blob(bytes),
            Id::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Id> {
        match value {
            ValueRef::Blob(bytes) => {
                bytes
                    .try_into()
                    .map(Id::Uuid)
                    .map_err(|_| FromSqlError::InvalidBlobSize {
                        expected_size: 16,
                        blob_size: bytes.len(),
                    })
            }
            text => Ok(Id::Text(text.as_str()?.into())),
        }
    }
}
