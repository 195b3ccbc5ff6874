//! Takes the chunk sizes out of a body. Whatever chunks lie in the buffer come out as one piece: fewer writes follow.

use std::io;

use bytes::Bytes;

/// A size line longer than this is no size.
const SIZE_LINE: usize = 4096;

/// A body in chunks, as far as it has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunks {
    at: At,
    is_strict: bool,
}

/// Where in the chunks a body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Size,
    Data(u64),
    /// The line end behind a chunk's data.
    Behind,
    Trailers,
    Over,
}

impl Chunks {
    /// As a gateway may send them: what is meant is clear.
    pub(crate) const fn lenient() -> Self {
        Self {
            at: At::Size,
            is_strict: false,
        }
    }

    /// As a caller must send them, to the letter: two readings of one request are how another is smuggled in.
    #[must_use]
    pub const fn strict() -> Self {
        Self {
            at: At::Size,
            is_strict: true,
        }
    }

    /// Whether the last one has been read.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.at == At::Over
    }

    /// Appends the data in `bytes` to `data` and says how many bytes were used up. What is left waits for its rest.
    ///
    /// # Errors
    /// When these are no chunks.
    pub fn read(&mut self, bytes: &[u8], data: &mut Vec<u8>) -> io::Result<usize> {
        let mut at = 0;
        loop {
            let (used, run) = self.run(&bytes[at..])?;
            at += used;
            if run.is_empty() {
                return Ok(at);
            }
            data.extend_from_slice(run);
        }
    }

    /// The same as one piece. Mostly it is one chunk, and then it is copied once.
    pub(crate) fn piece(&mut self, bytes: &[u8]) -> io::Result<(usize, Bytes)> {
        let (mut at, first) = self.run(bytes)?;
        let (used, second) = self.run(&bytes[at..])?;
        at += used;
        if second.is_empty() {
            return Ok((at, Bytes::copy_from_slice(first)));
        }
        let mut data = Vec::with_capacity(bytes.len());
        data.extend_from_slice(first);
        data.extend_from_slice(second);
        at += self.read(&bytes[at..], &mut data)?;
        Ok((at, data.into()))
    }

    /// Goes on behind the next run of data: how many bytes that used up, and the run. It is empty where there is no
    /// more in `bytes`.
    fn run<'a>(&mut self, bytes: &'a [u8]) -> io::Result<(usize, &'a [u8])> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            match self.at {
                At::Over => return Ok((at, &[])),
                At::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                    self.at = match left - here as u64 {
                        0 => At::Behind,
                        left => At::Data(left),
                    };
                    return Ok((at + here, &rest[..here]));
                }
                At::Size | At::Behind | At::Trailers => {
                    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                        return if rest.len() > SIZE_LINE {
                            Err(broken())
                        } else {
                            Ok((at, &[]))
                        };
                    };
                    let line = rest[..end].strip_suffix(b"\r");
                    if self.is_strict && line.is_none_or(|line| line.contains(&b'\r')) {
                        return Err(broken());
                    }
                    self.at = self.line(line.unwrap_or(&rest[..end]))?;
                    at += end + 1;
                }
            }
        }
    }

    fn line(self, line: &[u8]) -> io::Result<At> {
        match self.at {
            At::Size => match self.size(line)? {
                0 => Ok(At::Trailers),
                size => Ok(At::Data(size)),
            },
            At::Behind if line.is_empty() => Ok(At::Size),
            // What a trailer says came too late for a head that has long been passed on.
            At::Trailers => Ok(if line.is_empty() { At::Over } else { At::Trailers }),
            _ => Err(broken()),
        }
    }

    fn size(self, line: &[u8]) -> io::Result<u64> {
        let mut digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        if !self.is_strict {
            digits = digits.trim_ascii();
        }
        if digits.is_empty() || digits.len() > 15 {
            return Err(broken());
        }
        digits.iter().try_fold(0, |size, digit| {
            let value = char::from(*digit).to_digit(16).ok_or_else(broken)?;
            Ok(size * 16 + u64::from(value))
        })
    }
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "its chunks are broken")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `wire` in pieces of `cut` bytes, as a connection would carry the rest over.
    fn read(mut chunks: Chunks, wire: &[u8], cut: usize) -> io::Result<(Vec<u8>, At)> {
        let (mut data, mut held) = (Vec::new(), Vec::new());
        for piece in wire.chunks(cut) {
            held.extend_from_slice(piece);
            let used = chunks.read(&held, &mut data)?;
            held.drain(..used);
        }
        Ok((data, chunks.at))
    }

    #[test]
    fn chunks_come_out_the_same_wherever_the_network_cuts_them() {
        let wire = b"5\r\nhello\r\n1;name=value\r\n,\r\n6 \r\n world\r\n0\r\nX-Trailer: late\r\n\r\n";
        for cut in 1..=wire.len() {
            let (data, at) = read(Chunks::lenient(), wire, cut).expect("well formed");
            assert_eq!(
                (data.as_slice(), at),
                (&b"hello, world"[..], At::Over),
                "cut every {cut}"
            );
        }
    }

    #[test]
    fn what_stands_behind_the_last_chunk_is_not_taken() {
        let (mut chunks, mut data) = (Chunks::lenient(), Vec::new());
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
            for chunks in [Chunks::lenient(), Chunks::strict()] {
                assert!(read(chunks, wire.as_bytes(), 64).is_err(), "{wire:?}");
            }
        }
        assert!(
            read(Chunks::lenient(), &[b'1'; SIZE_LINE + 2], 64 * 1024).is_err(),
            "a size without end"
        );
    }

    #[test]
    fn what_is_only_nearly_right_is_taken_from_gateways_and_not_from_callers() {
        for wire in [
            "2\nok\r\n0\r\n\r\n",
            "2\r\nok\n0\r\n\r\n",
            "2 \r\nok\r\n0\r\n\r\n",
            " 2\r\nok\r\n0\r\n\r\n",
            "2;a\rb\r\nok\r\n0\r\n\r\n",
            "2\r\nok\r\n0\r\n\n",
        ] {
            let taken = read(Chunks::lenient(), wire.as_bytes(), 64).expect("clear enough");
            assert_eq!((taken.0.as_slice(), taken.1), (&b"ok"[..], At::Over), "{wire:?}");
            assert!(read(Chunks::strict(), wire.as_bytes(), 64).is_err(), "{wire:?}");
        }
    }
}
