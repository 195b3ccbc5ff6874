//! The contents of a zip: where each file's bytes lie, so that any of them can be read later through a reader of its
//! own, and several at once.

use std::io::{Read, Seek};

use zip::{CompressionMethod, ZipArchive};

use super::{Entry, MOST_FILES, Spot};
use crate::Unreadable;

pub(super) fn list(reader: impl Read + Seek) -> Result<Vec<Entry>, Unreadable> {
    let mut archive = ZipArchive::new(reader).map_err(|_| Unreadable::BrokenZip)?;
    let mut entries = Vec::new();
    for at in 0..archive.len().min(MOST_FILES) {
        // One damaged header does not cost the other files.
        let Ok(file) = archive.by_index_raw(at) else {
            continue;
        };
        if file.is_dir() || file.is_symlink() {
            continue;
        }
        let Some(start) = file.data_start() else {
            continue;
        };
        let len = file.compressed_size();
        let spot = match file.compression() {
            _ if file.encrypted() => Spot::Locked,
            CompressionMethod::Stored => Spot::Stored { at: start, len },
            CompressionMethod::Deflated => Spot::Deflated { at: start, len },
            _ => continue,
        };
        entries.push(Entry {
            name: String::from_utf8_lossy(file.name_raw()).replace('\\', "/"),
            size: file.size(),
            spot,
        });
    }
    Ok(entries)
}
