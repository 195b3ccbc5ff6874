//! What was chosen, as a list of files that can be opened again and again: a zip, a folder, a gzip or one file, on the
//! disk or in memory. Nothing is ever unpacked to the disk, and names inside an export are only compared, never opened
//! as paths, so a name such as `../../etc/passwd` leads nowhere.

mod folder;
mod media;
mod packed;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::bufread::{DeflateDecoder, MultiGzDecoder};

use crate::Unreadable;

pub(crate) use media::{is_link, mime_of, remote, sniff};

/// More than this of one file is not read: a small zip can claim to hold any amount.
const MOST: u64 = 16 << 30;

/// More files than this are somebody's whole disk.
const MOST_FILES: usize = 500_000;

/// The files of one export.
pub(crate) struct Files {
    ground: Ground,
    pub(crate) entries: Vec<Entry>,
    /// By last part of the name, in lower case.
    by_name: HashMap<String, usize>,
    /// By ChatGPT's id of an asset, with which the name begins.
    by_asset: HashMap<String, usize>,
}

enum Ground {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
}

/// One file.
pub(crate) struct Entry {
    /// With its folders, separated by `/`.
    pub(crate) name: String,
    pub(crate) size: u64,
    spot: Spot,
}

enum Spot {
    Whole,
    Gzip,
    Stored { at: u64, len: u64 },
    Deflated { at: u64, len: u64 },
    Disk(PathBuf),
    Locked,
}

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

impl Entry {
    /// The last part of the name.
    pub(crate) fn base(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// Everything before the last part.
    pub(crate) fn folder(&self) -> &str {
        self.name.strip_suffix(self.base()).unwrap_or_default()
    }

    pub(crate) fn locked(&self) -> bool {
        matches!(self.spot, Spot::Locked)
    }
}

impl Files {
    pub(crate) fn at(path: &Path) -> Result<Self, Unreadable> {
        if std::fs::metadata(path)?.is_dir() {
            let entries = folder::list(path)?;
            return Ok(Self::new(Ground::Disk(path.to_path_buf()), entries));
        }
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Self::one(Ground::Disk(path.to_path_buf()), name)
    }

    pub(crate) fn of(name: &str, bytes: Arc<[u8]>) -> Result<Self, Unreadable> {
        Self::one(Ground::Memory(bytes), name.to_owned())
    }

    fn one(ground: Ground, name: String) -> Result<Self, Unreadable> {
        let mut reader = ground.open()?;
        let mut magic = [0; 4];
        let known = read_up_to(&mut reader, &mut magic)?;
        let size = reader.seek(SeekFrom::End(0))?;
        let entries = match &magic[..known] {
            [0x50, 0x4B, 0x03 | 0x05 | 0x07, ..] => packed::list(BufReader::new(reader))?,
            [0x1F, 0x8B, ..] => vec![Entry {
                name,
                size,
                spot: Spot::Gzip,
            }],
            _ => vec![Entry {
                name,
                size,
                spot: Spot::Whole,
            }],
        };
        Ok(Self::new(ground, entries))
    }

    fn new(ground: Ground, mut entries: Vec<Entry>) -> Self {
        entries.retain(|entry| !entry.name.starts_with("__MACOSX/") && !entry.base().starts_with("._"));
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        let mut by_name = HashMap::new();
        let mut by_asset = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_name.entry(entry.base().to_lowercase()).or_insert(at);
            if let Some(id) = media::asset_id(entry.base()) {
                by_asset.entry(id.to_owned()).or_insert(at);
            }
        }
        Self {
            ground,
            entries,
            by_name,
            by_asset,
        }
    }

    /// A file by the last part of its name, whatever its case and folder.
    pub(crate) fn named(&self, base: &str) -> Option<usize> {
        self.by_name.get(&base.to_lowercase()).copied()
    }

    /// A file by the id ChatGPT begins its name with.
    pub(crate) fn asset(&self, id: &str) -> Option<usize> {
        self.by_asset.get(id).copied().or_else(|| self.named(id))
    }

    pub(crate) fn open(&self, at: usize) -> Result<Box<dyn BufRead + Send>, Unreadable> {
        let entry = self.entries.get(at).ok_or(Unreadable::NotThere)?;
        let section = |at: u64, len: u64| -> Result<_, Unreadable> {
            let mut reader = self.ground.open()?;
            reader.seek(SeekFrom::Start(at))?;
            Ok(BufReader::with_capacity(1 << 16, reader.take(len)))
        };
        Ok(match &entry.spot {
            Spot::Whole => Box::new(BufReader::with_capacity(1 << 16, self.ground.open()?)),
            Spot::Gzip => wide(MultiGzDecoder::new(BufReader::new(self.ground.open()?))),
            Spot::Stored { at, len } => Box::new(section(*at, *len)?),
            Spot::Deflated { at, len } => wide(DeflateDecoder::new(section(*at, *len)?)),
            Spot::Disk(path) => Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)),
            Spot::Locked => return Err(Unreadable::Locked),
        })
    }

    /// A whole file, when it is not longer than `most`.
    pub(crate) fn read(&self, at: usize, most: u64) -> Result<Vec<u8>, Unreadable> {
        let mut bytes = Vec::new();
        self.open(at)?.take(most + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            return Err(Unreadable::TooLarge(most >> 20));
        }
        Ok(bytes)
    }

    /// The media type by the first bytes of a file.
    pub(crate) fn sniffed(&self, at: usize) -> Option<&'static str> {
        let mut head = [0; 16];
        let known = read_up_to(&mut self.open(at).ok()?, &mut head).ok()?;
        sniff(&head[..known])
    }
}

fn wide(reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(1 << 16, reader.take(MOST)))
}

fn read_up_to(reader: &mut impl Read, into: &mut [u8]) -> std::io::Result<usize> {
    let mut known = 0;
    while known < into.len() {
        match reader.read(&mut into[known..])? {
            0 => break,
            more => known += more,
        }
    }
    Ok(known)
}

impl Ground {
    fn open(&self) -> Result<Box<dyn ReadSeek>, Unreadable> {
        Ok(match self {
            Self::Disk(path) => Box::new(File::open(path)?),
            Self::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
        })
    }
}
