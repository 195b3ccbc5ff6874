//! Takes the chunk sizes out of a body. Whatever chunks lie in the buffer come out as one piece: fewer writes follow.

use std::io;

/// A size line longer than this is no size.
const SIZE_LINE: usize = 4096;

/// Where in the chunks a body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunks {
    Size,
    Data(u64),
    /// The line end behind a chunk's data.
    Behind,
    Trailers,
    Over,
}

impl Chunks {
    /// Appends the data in `bytes` to `data` and says how many bytes were used up. What is left waits for its rest.
    pub(crate) fn read(&mut self, bytes: &[u8], data: &mut Vec<u8>) -> io::Result<usize> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match *self {
                Self::Over => return Ok(at),
                Self::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    if here == 0 {
                        return Ok(at);
                    }
                    data.extend_from_slice(&rest[..here]);
                    at += here;
                    *self = match left - here as u64 {
                        0 => Self::Behind,
                        left => Self::Data(left),
                    };
                }
                Self::Size | Self::Behind | Self::Trailers => {
                    let Some(end) = memchr::memchr(b'\n', rest) else {
                        return if rest.len() > SIZE_LINE {
                            Err(broken())
                        } else {
                            Ok(at)
                        };
                    };
                    let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
                    *self = self.line(line)?;
                    at += end + 1;
                }
            }
        }
    }

    fn line(self, line: &[u8]) -> io::Result<Self> {
        match self {
            Self::Size => match size(line)? {
                0 => Ok(Self::Trailers),
                size => Ok(Self::Data(size)),
            },
            Self::Behind if line.is_empty() => Ok(Self::Size),
            // What a trailer says came too late for a head that has long been passed on.
            Self::Trailers => Ok(if line.is_empty() {
                Self::Over
            } else {
                Self::Trailers
            }),
            _ => Err(broken()),
        }
    }
}

fn size(line: &[u8]) -> io::Result<u64> {
    let digits = line
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    if digits.is_empty() || digits.len() > 15 {
        return Err(broken());
    }
    digits.iter().try_fold(0, |size, digit| {
        let value = char::from(*digit).to_digit(16).ok_or_else(broken)?;
        Ok(size * 16 + u64::from(value))
    })
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its chunks are broken")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `wire` in pieces of `cut` bytes, as a connection would carry the rest over.
    fn read(wire: &[u8], cut: usize) -> io::Result<(Vec<u8>, Chunks)> {
        let (mut chunks, mut data, mut held) = (Chunks::Size, Vec::new(), Vec::new());
        for piece in wire.chunks(cut) {
            held.extend_from_slice(piece);
            let used = chunks.read(&held, &mut data)?;
            held.drain(..used);
        }
        Ok((data, chunks))
    }

    #[test]
    fn chunks_come_out_the_same_wherever_the_network_cuts_them() {
        let wire = b"5\r\nhello\r\n1;name=value\r\n,\r\n6 \r\n world\r\n0\r\nX-Trailer: late\r\n\r\n";
        for cut in 1..=wire.len() {
            let (data, chunks) = read(wire, cut).expect("well formed");
            assert_eq!(
                (data.as_slice(), chunks),
                (&b"hello, world"[..], Chunks::Over),
                "cut every {cut}"
            );
        }
    }

    #[test]
    fn what_stands_behind_the_last_chunk_is_not_taken() {
        let (mut chunks, mut data) = (Chunks::Size, Vec::new());
        let wire = b"2\r\nok\r\n0\r\n\r\nHTTP/1.1";
        assert_eq!(chunks.read(wire, &mut data).expect("well formed"), wire.len() - 8);
    }

    #[test]
    fn sizes_that_are_none_are_refused() {
        for wire in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "fffffffffffffffff\r\n",
            "2\r\nokay\r\n",
        ] {
            assert!(read(wire.as_bytes(), 64).is_err(), "{wire:?}");
        }
        assert!(
            read(&[b'1'; SIZE_LINE + 2], 64 * 1024).is_err(),
            "a size without end"
        );
    }
}
