//! What waits to be written. Small pieces are copied together, large ones stay where they are, and all of it goes out
//! in one write.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::AsyncWrite;

/// Up to here a copy is cheaper than one more slice of a write.
const COPIED: usize = 8 * 1024;
/// A buffer that has grown beyond this is let go when it is empty.
const KEPT: usize = 32 * 1024;
const SLICES: usize = 16;

#[derive(Default)]
pub(super) struct Outbox {
    /// Heads, sizes and small pieces, one after the other.
    pub(super) small: Vec<u8>,
    /// How much of them is written.
    sent: usize,
    /// Large pieces, each with the place among the small ones before which it goes.
    large: VecDeque<(usize, Bytes)>,
    held: usize,
}

impl Outbox {
    pub(super) fn put(&mut self, piece: Bytes) {
        if piece.len() <= COPIED {
            self.small.extend_from_slice(&piece);
        } else {
            self.held += piece.len();
            self.large.push_back((self.small.len(), piece));
        }
    }

    /// A piece with its size before it. An empty one would be the end.
    pub(super) fn put_chunk(&mut self, piece: Bytes) {
        if piece.is_empty() {
            return;
        }
        self.put_size(piece.len());
        self.put(piece);
        self.small.extend_from_slice(b"\r\n");
    }

    fn put_size(&mut self, size: usize) {
        let digits = (usize::BITS - size.leading_zeros()).div_ceil(4);
        for digit in (0..digits).rev() {
            let value = (size >> (digit * 4)) & 15;
            self.small.push(b"0123456789abcdef"[value]);
        }
        self.small.extend_from_slice(b"\r\n");
    }

    pub(super) fn unsent(&self) -> usize {
        self.small.len() - self.sent + self.held
    }

    /// Ready when all of it is with the system.
    pub(super) fn poll_flush<S: AsyncWrite + Unpin>(
        &mut self,
        socket: &mut S,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.unsent() > 0 {
            let socket = Pin::new(&mut *socket);
            let written = if self.large.is_empty() {
                ready!(socket.poll_write(cx, &self.small[self.sent..]))?
            } else {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let count = self.slices(&mut slices);
                ready!(socket.poll_write_vectored(cx, &slices[..count]))?
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.advance(written);
        }
        self.sent = 0;
        self.small.clear();
        if self.small.capacity() > KEPT {
            self.small = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    fn slices<'a>(&'a self, slices: &mut [IoSlice<'a>; SLICES]) -> usize {
        let (mut from, mut count) = (self.sent, 0);
        let end = (self.small.len(), &[][..]);
        let large = self.large.iter().map(|(at, piece)| (*at, &piece[..]));
        for (at, piece) in large.chain([end]) {
            for part in [&self.small[from..at], piece] {
                if !part.is_empty() && count < SLICES {
                    slices[count] = IoSlice::new(part);
                    count += 1;
                }
            }
            from = at;
        }
        count
    }

    fn advance(&mut self, mut written: usize) {
        while written > 0 {
            let next = self.large.front_mut();
            let until = next.as_ref().map_or(self.small.len(), |(at, _)| *at);
            let step = written.min(until - self.sent);
            self.sent += step;
            written -= step;
            let Some((_, piece)) = next.filter(|_| self.sent == until) else {
                continue;
            };
            let step = written.min(piece.len());
            piece.advance(step);
            (self.held, written) = (self.held - step, written - step);
            if piece.is_empty() {
                self.large.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests;
