//! HTTP/1.1 to callers, by hand: one task a connection, one buffer each way, no channel between (`docs/decisions/0009`).

mod alarm;
mod answer;
mod body;
mod date;
mod head;
mod line;
mod outbox;

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use http::{HeaderMap, Method, Request, Version};
use nexdesk_protocol::refusal::Dialect;
use tokio::io::AsyncWrite;
use tokio::sync::watch;

use super::call::Porter;
use crate::refuse;
use crate::reply::Reply;
use crate::stages::passage::Tunnelled;
use answer::{Answer, Asked, Ended};
pub(super) use date::Dates;
use head::{Bad, Head};
pub(super) use line::Socket;
use line::{Line, NoHead, Shared, lock};
use outbox::Outbox;

/// A caller that is answered before its request is read finds the answer only if nobody hangs up on the rest.
const LINGERS: Duration = Duration::from_secs(5);

/// How long callers may take.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    pub(super) head: Duration,
    pub(super) body_silence: Duration,
}

/// Serves one caller until one side has had enough.
pub(super) async fn serve<S: Socket>(
    socket: S,
    porter: &Porter,
    patience: Patience,
    stopped: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut connection = Connection {
        line: Arc::new(Mutex::new(Line::new(socket, patience.body_silence))),
        outbox: Outbox::default(),
        spare: HeaderMap::new(),
        porter,
        patience,
    };
    let mut news = stopped.clone();
    // It wakes this task once, and keeps its place in the queue until then.
    let mut stopping = pin!(async move {
        let _ = news.wait_for(|is_stopped| *is_stopped).await;
        std::future::pending::<()>().await;
    });
    while let Some(head) = connection.head(stopping.as_mut(), &stopped).await? {
        match connection.exchange(head, &stopped).await? {
            Next::Request => {}
            Next::End => return connection.end(stopping.as_mut(), &stopped).await,
            Next::Tunnel(tunnel) => return connection.switch(*tunnel).await,
        }
    }
    Ok(())
}

struct Connection<'a, S> {
    line: Shared<S>,
    outbox: Outbox,
    /// Headers with nothing in them but room.
    spare: HeaderMap,
    porter: &'a Porter,
    patience: Patience,
}

/// What follows an answer.
enum Next {
    Request,
    End,
    Tunnel(Box<Tunnelled>),
}

impl<S: Socket> Connection<'_, S> {
    /// The next request's head; none when there will be no further one.
    async fn head(
        &mut self,
        mut stopping: Pin<&mut impl Future<Output = ()>>,
        stopped: &watch::Receiver<bool>,
    ) -> io::Result<Option<Head>> {
        lock(&self.line).alarm.quiet();
        let head = poll_fn(|cx| {
            let mut line = lock(&self.line);
            if let Poll::Ready(head) = line.poll_head(self.patience.head, &mut self.spare, cx) {
                return Poll::Ready(Some(head));
            }
            let _ = stopping.as_mut().poll(cx);
            if line.is_idle() && is_stopped(stopped) {
                return Poll::Ready(None);
            }
            Poll::Pending
        });
        let why = match head.await {
            None => return Ok(None),
            Some(Ok(head)) => return Ok(Some(head)),
            Some(Err(why)) => why,
        };
        let bad = match why {
            NoHead::Bad(bad) => bad,
            NoHead::Slow if !lock(&self.line).is_idle() => Bad(408, "its headers took too long"),
            NoHead::Slow | NoHead::Gone => return Ok(None),
        };
        let reply = Reply::refusal(&refuse::not_http(bad.0, bad.1), Dialect::default());
        let asked = Asked {
            is_head: false,
            is_new: true,
            keeps: false,
        };
        self.say(reply, asked).await?;
        self.end(stopping, stopped).await?;
        Ok(None)
    }

    /// One request and its answer.
    async fn exchange(&mut self, head: Head, stopped: &watch::Receiver<bool>) -> io::Result<Next> {
        let intake = body::begin(&self.line, &head);
        let (is_head, is_new) = (
            head.parts.method == Method::HEAD,
            head.parts.version == Version::HTTP_11,
        );
        // In a box, because it is large and there are many connections whose answers stream, or that wait.
        let mut answering = Box::pin(self.porter.respond(Request::from_parts(head.parts, intake)));
        let reply = poll_fn(|cx| {
            if let Poll::Ready(reply) = answering.as_mut().poll(cx) {
                return Poll::Ready(Some(reply));
            }
            lock(&self.line).poll_hung_up(cx).map(|()| None)
        });
        let Some(mut reply) = reply.await else {
            return Err(io::ErrorKind::ConnectionAborted.into());
        };
        drop(answering);
        let tunnel = reply.body.take_tunnel();
        let keeps = head.keeps
            && tunnel.is_none()
            && !is_stopped(stopped)
            && lock(&self.line).inflow.can_be_drained();
        let asked = Asked {
            is_head,
            is_new,
            keeps,
        };
        let keeps = self.say(reply, asked).await?;
        if let Some(tunnel) = tunnel {
            return Ok(Next::Tunnel(tunnel));
        }
        lock(&self.line).inflow.close();
        if !keeps || is_stopped(stopped) {
            return Ok(Next::End);
        }
        while let Some(rest) = poll_fn(|cx| lock(&self.line).poll_body(cx)).await {
            rest?;
        }
        Ok(Next::Request)
    }

    /// Sends an answer to its end, and says whether the connection may serve again.
    async fn say(&mut self, reply: Reply, asked: Asked) -> io::Result<bool> {
        let now = self.porter.relay.0.clock.unix_ms();
        let (mut answer, spare) = Answer::begin(reply, asked, (&self.porter.dates, now), &mut self.outbox);
        self.spare = spare;
        let ended = poll_fn(|cx| answer.poll(&self.line, &mut self.outbox, cx)).await?;
        if ended == Ended::Broken {
            if answer.ends_with_the_connection() {
                lock(&self.line).socket.reset();
            }
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(answer.keeps)
    }

    /// Hangs up, so that the caller gets what was said to it, even if it has not finished speaking itself.
    async fn end(
        &mut self,
        mut stopping: Pin<&mut impl Future<Output = ()>>,
        stopped: &watch::Receiver<bool>,
    ) -> io::Result<()> {
        poll_fn(|cx| Pin::new(&mut *lock(&self.line)).poll_shutdown(cx)).await?;
        lock(&self.line).alarm.quiet();
        poll_fn(|cx| {
            let mut line = lock(&self.line);
            let _ = stopping.as_mut().poll(cx);
            if line.is_heard_out() || is_stopped(stopped) || line.alarm.poll(LINGERS, cx).is_ready() {
                return Poll::Ready(());
            }
            line.poll_let_go(cx)
        })
        .await;
        Ok(())
    }

    /// From here on the bytes are nobody's business but those two's.
    async fn switch(self, tunnel: Tunnelled) -> io::Result<()> {
        let line = Arc::into_inner(self.line).and_then(|line| line.into_inner().ok());
        let line = line.ok_or(io::ErrorKind::BrokenPipe)?;
        Box::pin(tunnel.join(line)).await;
        Ok(())
    }
}

fn is_stopped(stopped: &watch::Receiver<bool>) -> bool {
    *stopped.borrow() || stopped.has_changed().is_err()
}
