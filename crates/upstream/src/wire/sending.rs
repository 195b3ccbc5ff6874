//! A request on its way out, with an ear for the answer: a gateway may refuse twenty megabytes after the first.

use std::collections::VecDeque;
use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::Method;

use super::Broke;
use super::head::{self, Head};
use super::line::Line;
use crate::{Outgoing, Pieces};

/// Head and body leave in one write up to here; copying more costs more than a second write.
const TOGETHER: usize = 32 * 1024;

pub(super) struct Sending<'a> {
    queue: VecDeque<Bytes>,
    pieces: Option<&'a mut Pieces>,
    chunked: bool,
    /// Why writing stopped; the gateway may have said more about it than the socket.
    failed: Option<io::Error>,
    is_flushed: bool,
}

impl<'a> Sending<'a> {
    pub(super) fn new(mut head: Vec<u8>, body: &'a mut Outgoing) -> Self {
        let mut queue = VecDeque::with_capacity(2);
        let (mut pieces, mut chunked) = (None, false);
        match body {
            Outgoing::Whole(bytes) if bytes.len() <= TOGETHER => {
                head.extend_from_slice(bytes);
                queue.push_back(head.into());
            }
            Outgoing::Whole(bytes) => queue.extend([head.into(), bytes.clone()]),
            Outgoing::Coming {
                length,
                pieces: coming,
            } => {
                queue.push_back(head.into());
                chunked = length.is_none();
                pieces = Some(coming);
            }
        }
        Self {
            queue,
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
            while let Some(next) = self.queue.front_mut() {
                if next.is_empty() {
                    self.queue.pop_front();
                    continue;
                }
                let sent = ready!(line.poll_send(cx, next)).map_err(Broke::Wire)?;
                if sent == 0 {
                    return Poll::Ready(Err(Broke::Wire(io::ErrorKind::WriteZero.into())));
                }
                next.advance(sent);
            }
            let Some(pieces) = &mut self.pieces else { break };
            match ready!(pieces.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => self.queue_piece(piece),
                Some(Err(_)) => return Poll::Ready(Err(Broke::Source)),
                None => {
                    self.pieces = None;
                    if self.chunked {
                        self.queue.push_back(Bytes::from_static(b"0\r\n\r\n"));
                    }
                }
            }
        }
        ready!(line.poll_flush(cx)).map_err(Broke::Wire)?;
        self.is_flushed = true;
        Poll::Ready(Ok(()))
    }

    fn queue_piece(&mut self, piece: Bytes) {
        if !self.chunked {
            return self.queue.push_back(piece);
        }
        if piece.is_empty() {
            return; // an empty chunk would be the end
        }
        let mut chunk = BytesMut::from(format!("{:x}\r\n", piece.len()).as_bytes());
        chunk.reserve(piece.len() + 2);
        chunk.extend_from_slice(&piece);
        chunk.extend_from_slice(b"\r\n");
        self.queue.push_back(chunk.freeze());
    }
}
