//! RIFF/WAVE: the header we write before samples, and the length we read from one.

/// Samples per second of what the sandbox plays.
pub(crate) const RATE: u32 = 24_000;

/// 16-bit mono samples as a WAV file.
pub(crate) fn write(samples: &[u8]) -> Vec<u8> {
    let length = samples.len() as u32;
    let mut file = Vec::with_capacity(44 + samples.len());
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2u16.to_le_bytes());
    file.extend_from_slice(&16u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(samples);
    file
}

/// How many seconds a WAV file plays; nothing for any other file.
pub(crate) fn seconds(file: &[u8]) -> Option<f64> {
    if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"WAVE" {
        return None;
    }
    let number = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
    let mut at: usize = 12;
    let mut bytes_per_second = 0;
    loop {
        let length = number(at + 4)? as usize;
        match file.get(at..at + 4)? {
            b"fmt " => bytes_per_second = number(at + 16)?,
            // Recorders that stream leave a length of 0 or 2³²−1 behind; what is there counts.
            b"data" if bytes_per_second > 0 => {
                let there = file.len() - (at + 8);
                let length = if length == 0 { there } else { length.min(there) };
                return Some(length as f64 / f64::from(bytes_per_second));
            }
            _ => {}
        }
        // Chunks are padded to even lengths.
        at = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
    }
}
