//! Why a document cannot go to this model through this gateway, told before anything is sent.

use crate::Unreadable;
use crate::parts::Upload;

/// What stands in the way, and what to do about it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The model sees no pictures.
    #[error("{model} cannot see pictures. Choose a model that can, or leave the picture out.")]
    Blind {
        /// The model's name.
        model: String,
    },
    /// The model hears nothing, or the gateway passes no sound on.
    #[error("{who} takes no recordings. Choose a model that hears, or attach what was said as text.")]
    Deaf {
        /// The model or the gateway.
        who: String,
    },
    /// The recording is in a format that does not go.
    #[error("This recording is {mime}, and this gateway takes {takes} only. Convert it and attach that.")]
    Sound {
        /// What it is.
        mime: String,
        /// What it should be.
        takes: String,
    },
    /// The model or the gateway takes no films.
    #[error(
        "{who} takes no videos. Attach pictures from it, or choose a gateway and a model that take videos."
    )]
    NoVideo {
        /// The model or the gateway.
        who: String,
    },
    /// The gateway takes films by their address only.
    #[error("This gateway takes videos only by their address on the web. Put it there and send the address.")]
    AddressOnly,
    /// The gateway fetches nothing.
    #[error("This gateway fetches nothing from the web. Download the file and attach it.")]
    NoAddress,
    /// Nothing in it can be said in text, and the gateway or the model does not take the file itself.
    #[error(
        "There is no text in this file, and {model} does not take such files here. Attach its pages as pictures."
    )]
    Silent {
        /// The model's name.
        model: String,
    },
    /// Too much for one message.
    #[error("This file has {} MB; through this gateway at most {} MB go into a message. Attach a smaller one.", size >> 20, limit >> 20)]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// How many there may be.
        limit: u64,
    },
    /// It must be registered with the gateway first, see [`Upload`].
    #[error(
        "This file is too large for a message here, and this gateway imports larger ones only from a public address on the web, not from this computer. Attach a smaller one, or a part of it."
    )]
    NeedsUpload(Upload),
    /// It could not be read in the first place.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}
