//! Cherry Studio keeps what messages hold in a table apart from them, in no order. The table goes to a nameless
//! temporary file, and only where each block lies is kept in memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};

use serde::Deserialize;
use serde_json::Value;

use crate::json::parse;

pub(super) struct Spill {
    file: BufWriter<File>,
    end: u64,
    by_id: HashMap<String, (u64, usize)>,
    /// Whether blocks have been written since the last one was read.
    writing: bool,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Spill {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            file: BufWriter::with_capacity(1 << 18, tempfile::tempfile()?),
            end: 0,
            by_id: HashMap::new(),
            writing: true,
        })
    }

    /// Puts a block aside, as it is written.
    pub(super) fn put(&mut self, raw: &[u8]) -> std::io::Result<()> {
        let named = serde_json::from_slice::<Named>(raw).ok().map(|named| named.id);
        let id = named.or_else(|| Some(parse(raw).ok()?.get("id")?.as_str()?.to_owned()));
        if let Some(id) = id {
            self.file.write_all(raw)?;
            self.by_id.insert(id, (self.end, raw.len()));
            self.end += raw.len() as u64;
        }
        Ok(())
    }

    pub(super) fn get(&mut self, id: &str) -> Option<Value> {
        let (at, length) = *self.by_id.get(id)?;
        if self.writing {
            self.file.flush().ok()?;
            self.writing = false;
        }
        let mut raw = vec![0; length];
        let file = self.file.get_mut();
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut raw).ok()?;
        parse(&raw).ok()
    }
}
