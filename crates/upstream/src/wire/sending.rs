//! A request on its way out, with an ear for the answer: a gateway may refuse twenty megabytes after the first.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use http::Method;

use super::Broke;
use super::head::{self, Head};
use super::line::Line;
use crate::{Outgoing, Pieces};

/// Head and body leave in one write up to here; copying more costs more than a second write.
const TOGETHER: usize = 32 * 1024;

pub(super) struct Sending<'a> {
    /// What is written by us: the head, with a small body behind it; later a chunk.
    own: Vec<u8>,
    /// How much of it has been sent.
    sent: usize,
    /// What goes out behind it as it came.
    body: Bytes,
    pieces: Option<&'a mut Pieces>,
    chunked: bool,
    /// Why writing stopped; the gateway may have said more about it than the socket.
    failed: Option<io::Error>,
    is_flushed: bool,
}

impl<'a> Sending<'a> {
    pub(super) fn new(mut head: Vec<u8>, body: &'a mut Outgoing) -> Self {
        let (mut rest, mut pieces, mut chunked) = (Bytes::new(), None, false);
        match body {
            Outgoing::Whole(bytes) if bytes.len() <= TOGETHER => head.extend_from_slice(bytes),
            Outgoing::Whole(bytes) => rest = bytes.clone(),
            Outgoing::Coming {
                length,
                pieces: coming,
            } => {
                chunked = length.is_none();
                pieces = Some(coming);
            }
        }
        Self {
            own: head,
            sent: 0,
            body: rest,
            pieces,
            chunked,
            failed: None,
            is_flushed: false,
        }
    }

    /// Whether everything was sent: only then may the connection serve again.
    pub(super) fn is_over(&self) -> bool {
        self.is_flushed && self.failed.is_none()
    }

    /// Sends what can be sent and listens for the head of the answer.
    pub(super) fn poll_answer(
        &mut self,
        line: &mut Line,
        method: &Method,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Head, Broke>> {
        if !self.is_flushed
            && self.failed.is_none()
            && let Poll::Ready(Err(broke)) = self.poll_send(line, cx)
        {
            match broke {
                Broke::Wire(error) => self.failed = Some(error),
                caller => return Poll::Ready(Err(caller)),
            }
        }
        loop {
            if !line.come().is_empty() {
                match head::answer(line.come(), method).map_err(Broke::Wire)? {
                    Some(head) if head.status.is_informational() && head.status != 101 => {
                        line.take(head.size);
                        continue;
                    }
                    Some(head) => return Poll::Ready(Ok(head)),
                    None => {}
                }
            }
            let read = ready!(line.poll_more(cx))
                .map_err(|error| Broke::Wire(self.failed.take().unwrap_or(error)))?;
            if read == 0 {
                let error = self
                    .failed
                    .take()
                    .unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into());
                return Poll::Ready(Err(Broke::Wire(error)));
            }
        }
    }

    fn poll_send(&mut self, line: &mut Line, cx: &mut Context<'_>) -> Poll<Result<(), Broke>> {
        loop {
            while self.sent < self.own.len() {
                self.sent += ready!(sent(line, cx, &self.own[self.sent..]))?;
            }
            while !self.body.is_empty() {
                let sent = ready!(sent(line, cx, &self.body))?;
                self.body.advance(sent);
            }
            let Some(pieces) = &mut self.pieces else { break };
            match ready!(pieces.as_mut().poll_next(cx)) {
                Some(Ok(piece)) if self.chunked => self.put_chunk(&piece),
                Some(Ok(piece)) => self.body = piece,
                Some(Err(_)) => return Poll::Ready(Err(Broke::Source)),
                None => {
                    self.pieces = None;
                    if self.chunked {
                        self.put(&[b"0\r\n\r\n"]);
                    }
                }
            }
        }
        ready!(line.poll_flush(cx)).map_err(Broke::Wire)?;
        self.is_flushed = true;
        Poll::Ready(Ok(()))
    }

    fn put_chunk(&mut self, piece: &[u8]) {
        // An empty chunk would be the end.
        if !piece.is_empty() {
            self.put(&[format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"]);
        }
    }

    fn put(&mut self, parts: &[&[u8]]) {
        self.own.clear();
        self.sent = 0;
        parts.iter().for_each(|part| self.own.extend_from_slice(part));
    }
}

fn sent(line: &mut Line, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Broke>> {
    Poll::Ready(match ready!(line.poll_send(cx, bytes)) {
        Ok(0) => Err(Broke::Wire(io::ErrorKind::WriteZero.into())),
        outcome => outcome.map_err(Broke::Wire),
    })
}
