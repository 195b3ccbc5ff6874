//! A picture or a file of a message, and where its bytes are. Bytes inside a foreign export stay there until somebody
//! asks for them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A picture or a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Asset {
    /// A bare file name: never a path, whatever the export said.
    pub name: String,
    /// Its media type, where the export, the name or the first bytes say.
    pub mime: Option<String>,
    /// Its size in bytes, where known.
    pub size: Option<u64>,
    /// Where its bytes are.
    pub place: Place,
}

/// Where the bytes of an asset are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file of the export: ask [`Export::read`](crate::Export::read).
    Entry(AssetEntry),
    /// Here.
    Inline(Arc<[u8]>),
    /// Somewhere else. Nothing here follows links.
    Link(String),
    /// The export names it and does not contain it.
    Missing,
}

/// A file of the export it came from; means nothing to another export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetEntry(pub(crate) usize);

impl Asset {
    /// An asset whose bytes are at hand, for a chat of ours that is to be written.
    pub fn inline(name: &str, mime: Option<&str>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self {
            name: bare(name),
            mime: mime.map(str::to_owned),
            size: Some(bytes.len() as u64),
            place: Place::Inline(bytes),
        }
    }

    /// Whether it can be shown as a picture.
    pub fn is_picture(&self) -> bool {
        self.mime
            .as_deref()
            .is_some_and(|mime| mime.starts_with("image/"))
    }
}

/// The last part of a path, without the characters no file system wants. Exports are written by strangers, and callers
/// make file names of this.
pub(crate) fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|one| !one.is_control() && !"<>:\"|?*".contains(*one))
        .take(160)
        .collect();
    let clean = clean.trim_matches([' ', '.']);
    if clean.is_empty() {
        "file".to_owned()
    } else {
        clean.to_owned()
    }
}

/// An asset in our JSON: `data` is base64; without `data` and `link` the bytes were not exported.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mime: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl From<Written> for Asset {
    fn from(written: Written) -> Self {
        let bytes = written.data.and_then(|data| STANDARD.decode(data).ok());
        let place = match (bytes, written.link) {
            (Some(bytes), _) => Place::Inline(bytes.into()),
            (None, Some(link)) => Place::Link(link),
            (None, None) => Place::Missing,
        };
        Self {
            name: bare(&written.name),
            mime: written.mime,
            size: written.size,
            place,
        }
    }
}

impl From<Asset> for Written {
    fn from(asset: Asset) -> Self {
        let (data, link) = match asset.place {
            Place::Inline(bytes) => (Some(STANDARD.encode(bytes)), None),
            Place::Link(link) => (None, Some(link)),
            Place::Entry(_) | Place::Missing => (None, None),
        };
        Self {
            name: asset.name,
            mime: asset.mime,
            size: asset.size,
            data,
            link,
        }
    }
}
