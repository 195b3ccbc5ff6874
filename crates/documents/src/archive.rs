//! Files that are zip archives inside: Office, OpenDocument, EPUB. Everything in them is counted as it unpacks before
//! anything is read, so that no reader after this one meets a bomb.

use std::io::{self, Cursor, Read};

use bytes::Bytes;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::Unreadable;
use crate::limits::Budget;

/// More files than any document has.
const MOST_FILES: usize = 20_000;

/// An opened archive, all of whose files together keep to the budget.
pub(crate) struct Archive {
    zip: ZipArchive<Cursor<Bytes>>,
    what: &'static str,
}

impl Archive {
    /// Only looks at the list of files.
    pub(crate) fn open(bytes: &Bytes, what: &'static str) -> Result<Self, Unreadable> {
        let zip = ZipArchive::new(Cursor::new(bytes.clone())).map_err(|_| Unreadable::Damaged { what })?;
        Ok(Self { zip, what })
    }

    /// Unpacks everything into nothing and counts. What an archive says of its sizes is only believed when it is bad.
    pub(crate) fn weigh(&mut self, budget: &Budget, what: &'static str) -> Result<(), Unreadable> {
        self.what = what;
        let limit = budget.limits.unpacked;
        if self.zip.len() > MOST_FILES {
            return Err(Unreadable::Bomb { limit });
        }
        let said = self.zip.decompressed_size().unwrap_or(u128::MAX);
        if said > u128::from(limit) {
            return Err(Unreadable::Bomb { limit });
        }
        for index in 0..self.zip.len() {
            let mut file = self.zip.by_index(index).map_err(|error| failure(&error, what))?;
            let mut chunk = vec![0; 1 << 16];
            loop {
                let read = file.read(&mut chunk).map_err(|_| Unreadable::Damaged { what })?;
                if read == 0 {
                    break;
                }
                budget.unpack(read as u64)?;
                budget.check()?;
            }
        }
        Ok(())
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// The names of all files, in the archive's order.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.zip.file_names().flatten().map(|name| name.into_owned())
    }

    /// A file that must be there.
    pub(crate) fn need(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        let what = self.what;
        self.read(name)?.ok_or(Unreadable::Damaged { what })
    }

    /// A file, if it is there.
    pub(crate) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let what = self.what;
        let mut file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(failure(&error, what)),
        };
        let mut bytes = Vec::new();
        io::copy(&mut file, &mut bytes).map_err(|_| Unreadable::Damaged { what })?;
        Ok(Some(bytes))
    }
}

fn failure(error: &ZipError, what: &'static str) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => Unreadable::Locked { what },
        _ => Unreadable::Damaged { what },
    }
}

/// The path of `target`, as one file of the archive (`from`) names another.
pub(crate) fn beside(from: &str, target: &str) -> String {
    let mut path: Vec<&str> = from.split('/').collect();
    path.pop();
    if target.starts_with('/') {
        path.clear();
    }
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}
