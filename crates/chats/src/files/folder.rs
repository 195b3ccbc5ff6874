//! The contents of a folder: an unpacked export, or Jan's data folder, which also holds models of many gigabytes that
//! are listed and never read.

use std::fs;
use std::path::Path;

use super::{Entry, MOST_FILES, Spot};
use crate::Unreadable;

/// Exports are at most four folders deep.
const DEEPEST: usize = 6;

pub(super) fn list(root: &Path) -> Result<Vec<Entry>, Unreadable> {
    let mut entries = Vec::new();
    let mut open = vec![(root.to_path_buf(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = open.pop() {
        let listing = match fs::read_dir(&folder) {
            Ok(listing) => listing,
            Err(error) if depth == 0 => return Err(error.into()),
            Err(_) => continue,
        };
        for item in listing.flatten() {
            let name = format!("{prefix}{}", item.file_name().to_string_lossy());
            // The type of the link itself: following one could leave the folder.
            let Ok(kind) = item.file_type() else {
                continue;
            };
            if kind.is_dir() && depth < DEEPEST {
                open.push((item.path(), format!("{name}/"), depth + 1));
            } else if kind.is_file() && entries.len() < MOST_FILES {
                entries.push(Entry {
                    name,
                    size: item.metadata().map_or(0, |known| known.len()),
                    spot: Spot::Disk(item.path()),
                });
            }
        }
    }
    Ok(entries)
}
