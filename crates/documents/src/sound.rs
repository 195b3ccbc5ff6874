//! How long a recording is, and whether all of it is there.

use std::io::Cursor;

use bytes::Bytes;
use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::AudioFile;
use lofty::probe::Probe;

/// Seconds, where the file says; nobody plays it to find out.
pub(crate) fn seconds(bytes: &Bytes) -> Option<f64> {
    let options = ParseOptions::new()
        .read_tags(false)
        .read_cover_art(false)
        .parsing_mode(ParsingMode::Relaxed);
    let probe = Probe::new(Cursor::new(bytes.clone())).options(options);
    let file = probe.guess_file_type().ok()?.read().ok()?;
    let seconds = file.properties().duration().as_secs_f64();
    (seconds > 0.0).then_some(seconds)
}

/// Whether a recording or a film says that it is longer than it is: RIFF says so at once, MP4 box by box.
pub(crate) fn is_cut(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"RIFF") {
        let said = bytes
            .get(4..8)
            .and_then(|size| size.try_into().ok())
            .map(u32::from_le_bytes);
        // Recorders that stream do not know the end and say zero, or the most there can be.
        return said.is_some_and(|said| said < u32::MAX - 8 && bytes.len() as u64 + 1 < u64::from(said) + 8);
    }
    if bytes.get(4..8) != Some(b"ftyp".as_slice()) {
        return false;
    }
    let mut rest = bytes;
    while let Some((size, after)) = rest.split_first_chunk::<4>() {
        let size = match u32::from_be_bytes(*size) {
            // To the end of the file, wherever that is.
            0 => return false,
            1 => after
                .get(4..12)
                .and_then(|size| size.try_into().ok())
                .map_or(0, u64::from_be_bytes),
            size => u64::from(size),
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        match rest.get(size.max(8)..) {
            Some(next) => rest = next,
            None => return true,
        }
    }
    !rest.is_empty()
}
