//! How much comes out of packed bytes, without keeping it, and how deep they nest.

use flate2::{Decompress, FlushDecompress, Status};

use crate::Unreadable;
use crate::limits::Budget;

/// Whether these bytes begin as deflated ones do.
pub(super) fn is_deflated(data: &[u8]) -> bool {
    matches!(data, [method, flags, ..] if method & 0x8F == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0)
}

/// How much comes out, up to a bit more than `most`.
pub(super) fn inflated(mut data: &[u8], most: u64, budget: &Budget) -> Result<u64, Unreadable> {
    let mut inflate = Decompress::new(true);
    let mut chunk = vec![0; 1 << 16];
    while inflate.total_out() <= most {
        budget.check()?;
        let (read, written) = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(data, &mut chunk, FlushDecompress::None);
        let used = usize::try_from(inflate.total_in() - read).unwrap_or_default();
        data = &data[used..];
        let stuck = used == 0 && inflate.total_out() == written;
        if stuck || !matches!(status, Ok(Status::Ok | Status::BufError)) {
            break;
        }
    }
    Ok(inflate.total_out())
}

/// Each code stands for one letter more than the code before it.
pub(super) fn unpacked_lzw(data: &[u8]) -> u64 {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut lengths: Vec<u64> = vec![1; 258];
    let (mut bits, mut held, mut last) = (0_u32, 0_u32, None);
    let mut total = 0;
    for byte in data {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        // The width grows one code early.
        let width = match lengths.len() + 1 {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held) as usize & ((1 << width) - 1);
        bits &= (1 << held) - 1;
        match code {
            CLEAR => {
                lengths.truncate(258);
                last = None;
            }
            END => break,
            code => {
                let added = last.map(|last: u64| last + 1);
                if let Some(added) = added.filter(|_| lengths.len() < 4096) {
                    lengths.push(added);
                }
                let length = lengths.get(code).copied().unwrap_or(1);
                total += length;
                last = Some(length);
            }
        }
    }
    total
}

/// A byte says how many follow as they are, or how often the next one is repeated.
pub(super) fn unpacked_runs(mut data: &[u8]) -> u64 {
    let mut total = 0;
    while let Some((&run, rest)) = data.split_first() {
        let (length, passed) = match run {
            128 => break,
            ..128 => (u64::from(run) + 1, usize::from(run) + 1),
            129.. => (257 - u64::from(run), 1),
        };
        total += length;
        data = rest.get(passed..).unwrap_or_default();
    }
    total
}

/// Bytes written as letters; five letters are four bytes, so it only shrinks (but for `z`, which is four zeros).
pub(super) fn from_ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let (mut group, mut count) = (0_u32, 0);
    for letter in data {
        match letter {
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(letter - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            letter if letter.is_ascii_whitespace() => {}
            _ => break,
        }
    }
    if count > 1 {
        let filled = (count..5).fold(group, |group, _| group.wrapping_mul(85).wrapping_add(84));
        out.extend(&filled.to_be_bytes()[..count - 1]);
    }
    out
}

/// The most of `open` that stand inside each other, counted anew after each `begin`. In pictures both come by chance,
/// about as often.
pub(super) fn deepest(bytes: &[u8], open: &[u8], close: &[u8], begin: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0_usize, 0, 0);
    while let Some(found) = bytes[at..]
        .iter()
        .position(|byte| [open[0], close[0], begin[0]].contains(byte))
    {
        at += found;
        let rest = &bytes[at..];
        if rest.starts_with(open) {
            depth += 1;
            deepest = deepest.max(depth);
            at += open.len();
        } else if rest.starts_with(close) {
            depth = depth.saturating_sub(1);
            at += close.len();
        } else {
            depth = if rest.starts_with(begin) { 0 } else { depth };
            at += 1;
        }
    }
    deepest
}
