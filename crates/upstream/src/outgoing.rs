//! A body on its way to a gateway: in memory, or passing through.

use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures::Stream;
use http::Method;

use crate::wire::Announced;

/// Pieces of a body as they come from the caller.
pub type Pieces = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// The body of a request.
pub enum Outgoing {
    /// All of it: it can be sent a second time.
    Whole(Bytes),
    /// Still coming: it can be sent once.
    Coming {
        /// Its length, where the caller has said it.
        length: Option<u64>,
        /// The pieces.
        pieces: Pieces,
    },
}

impl Outgoing {
    /// A body that is nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self::Whole(Bytes::new())
    }

    /// Whether sending it does not use it up.
    #[must_use]
    pub const fn can_go_again(&self) -> bool {
        matches!(self, Self::Whole(_))
    }

    pub(crate) fn announced(&self, method: &Method) -> Announced {
        match self {
            Self::Whole(bytes)
                if bytes.is_empty() && !matches!(*method, Method::POST | Method::PUT | Method::PATCH) =>
            {
                Announced::Nothing
            }
            Self::Whole(bytes) => Announced::Length(bytes.len() as u64),
            Self::Coming {
                length: Some(length), ..
            } => Announced::Length(*length),
            Self::Coming { length: None, .. } => Announced::Chunked,
        }
    }
}

impl From<Bytes> for Outgoing {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(bytes)
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Never the bytes: what people ask is nobody's business in a log.
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Coming { length, .. } => write!(f, "{length:?} bytes, coming"),
        }
    }
}
