//! Opens a connection to a gateway: name, socket, TLS. Which addresses are tried in which order is hyper-util's doing.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, crypto};
use tower_service::Service;

/// A connection, plain or encrypted.
pub(crate) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

#[derive(Clone)]
pub(crate) struct Dialer {
    tcp: HttpConnector,
    tls: TlsConnector,
    patience: Duration,
}

impl Dialer {
    pub(crate) fn new(patience: Duration) -> Result<Self, tokio_rustls::rustls::Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(60)));
        tcp.set_connect_timeout(Some(patience));
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        // HTTP/1.1 alone is offered: one exchange a connection is what lets bytes pass untouched and a caller's leaving
        // reach the gateway as a hang-up.
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            tcp,
            tls: TlsConnector::from(Arc::new(config)),
            patience,
        })
    }

    pub(crate) async fn dial(&self, to: &Uri) -> io::Result<Socket> {
        match tokio::time::timeout(self.patience, self.connect(to)).await {
            Ok(socket) => socket,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "it took too long")),
        }
    }

    async fn connect(&self, to: &Uri) -> io::Result<Socket> {
        let plain = self
            .tcp
            .clone()
            .call(to.clone())
            .await
            .map_err(cause)?
            .into_inner();
        if to.scheme_str() != Some("https") {
            return Ok(Socket::Plain(plain));
        }
        let host = to.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let tls = self.tls.connect(name, plain).await?;
        Ok(Socket::Tls(Box::new(tls)))
    }
}

/// hyper-util's error wraps the one that says something.
fn cause(error: impl std::error::Error + 'static) -> io::Error {
    let mut deepest: &dyn std::error::Error = &error;
    while let Some(deeper) = deepest.source() {
        deepest = deeper;
    }
    let kind = deepest
        .downcast_ref::<io::Error>()
        .map_or(io::ErrorKind::NotConnected, io::Error::kind);
    io::Error::new(kind, deepest.to_string())
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_read(cx, buf),
            Self::Tls(socket) => Pin::new(socket.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Self::Tls(socket) => Pin::new(socket.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(socket) => Pin::new(socket.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Self::Tls(socket) => Pin::new(socket.as_mut()).poll_shutdown(cx),
        }
    }
}
