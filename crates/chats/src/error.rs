//! What can go wrong with an export, in sentences for the person who chose the file. None of them quotes the export:
//! backups hold keys.

use std::io;

/// Why a whole export cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file system refused.
    #[error("The file could not be read ({0}). Check that it still exists and may be opened.")]
    Disk(io::ErrorKind),
    /// A zip whose list of contents is damaged, usually by a broken download.
    #[error("This zip file is damaged. Download or export it again.")]
    BrokenZip,
    /// A zip under a password.
    #[error("This zip file is protected by a password. Unpack it first, then choose the folder.")]
    Locked,
    /// The text ends or breaks before anything could be recognised.
    #[error("This file is damaged: its JSON breaks off or is not JSON. Export it again.")]
    Broken,
    /// Well-formed, but of no program we know.
    #[error(
        "This is not an export Nexdesk knows. It reads exports of ChatGPT, Claude, Cherry Studio, Chatbox, Jan, Open WebUI, LibreChat and its own."
    )]
    Unknown,
    /// The right shape with nothing in it.
    #[error("This export holds no conversations.")]
    Empty,
    /// Cherry Studio's newer backups are copies of its database files, which only Cherry Studio can read.
    #[error("{}", copied_database(*version))]
    CherryDatabase {
        /// The backup's own version number; 6 copies Chromium's stores, 7 and later copy SQLite.
        version: u64,
    },
    /// A picture or file inside the export that is larger than we are willing to hold.
    #[error("This attachment is larger than {0} MB and was left out.")]
    TooLarge(u64),
    /// A picture or file the export names but does not contain.
    #[error("The export names this attachment but does not contain it.")]
    NotThere,
}

/// Chromium's stores until 6, SQLite from 7 on: neither is a format that anybody promised to keep.
fn copied_database(version: u64) -> String {
    let (made_by, what_to_do) = match version {
        ..7 => (
            "copies the browser's database",
            "In the same Cherry Studio, under Settings → Data, make a legacy backup instead: it holds a data.json, \
             which Nexdesk reads.",
        ),
        _ => (
            "is of Cherry Studio 2 and copies its database",
            "Nexdesk reads the data.json in the legacy backups of Cherry Studio 1: choose one made before the change to \
             2, or make one where 1 is still installed.",
        ),
    };
    format!(
        "This backup (version {version}) {made_by}, which only Cherry Studio itself can read. {what_to_do}"
    )
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

/// One conversation that was left out, for the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The conversation, by its title where it has one.
    pub what: String,
    /// The reason, as half a sentence: "it has no messages".
    pub why: String,
}

impl Skipped {
    pub(crate) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            why: why.into(),
        }
    }
}
