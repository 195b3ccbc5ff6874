//! Why a file cannot be given to a chat, in words for the person who dropped it there.

/// What is wrong with a file, and what to do about it. The name of the file stands beside the sentence, not in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// There are no bytes.
    #[error("This file is empty, so there is nothing to send.")]
    Empty,
    /// More bytes than the limit.
    #[error("This file has {} MB; at most {} MB can be attached. Attach the part that matters, or put the file on the web and send its address.", size / MEGA, limit / MEGA)]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// How many there may be.
        limit: u64,
    },
    /// A picture with more pixels than fit into memory.
    #[error(
        "This picture has {width} × {height} pixels, too many to open. Save a smaller copy and attach that."
    )]
    TooManyPixels {
        /// From left to right.
        width: u64,
        /// From top to bottom.
        height: u64,
    },
    /// More text than any model reads.
    #[error(
        "This file holds more than {limit} million letters of text, more than any model reads at once. Attach the part that matters."
    )]
    TooMuchText {
        /// In millions.
        limit: u64,
    },
    /// A zip bomb, or something that behaves like one.
    #[error("Unpacked, this file would fill more than {} MB. Files like that are usually made to harm; if you trust it, attach the part that matters.", limit / MEGA)]
    Bomb {
        /// How many bytes may come out.
        limit: u64,
    },
    /// The time is up.
    #[error(
        "Reading this file took longer than {seconds} seconds and was stopped. Save it anew with another program, or attach a part of it."
    )]
    TooSlow {
        /// How long it may take.
        seconds: u64,
    },
    /// It begins as it should and then does not go on.
    #[error(
        "This {what} is damaged or cut short. Save or download it again; if it opens elsewhere, save a copy from there."
    )]
    Damaged {
        /// "PDF", "Word document" and so on.
        what: &'static str,
    },
    /// A password or a shop's lock.
    #[error(
        "This {what} is locked with a password or copy protection. Save a copy without it and attach that."
    )]
    Locked {
        /// "PDF", "Word document" and so on.
        what: &'static str,
    },
    /// The ending of the name is not what the bytes are.
    #[error(
        "This file is named like a {claims}, but it is not one. The download may have failed: open it, and save it anew."
    )]
    NotWhatItSays {
        /// What the name says.
        claims: &'static str,
    },
    /// A format we know and no gateway takes.
    #[error("This is a {what}, which models cannot be given. {instead}")]
    Foreign {
        /// "HEIC picture" and so on.
        what: &'static str,
        /// What to attach in its place.
        instead: &'static str,
    },
    /// Neither text nor anything we know.
    #[error(
        "Nexdesk does not know this kind of file. Pictures, audio, video, PDF, Office files and all text can be attached."
    )]
    Unknown,
}

const MEGA: u64 = 1 << 20;
