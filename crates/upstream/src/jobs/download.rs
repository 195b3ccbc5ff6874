//! Fetching what a job made. No key ever goes along: links point at storage that belongs to others.
//!
//! A link is the gateway's word, and a gateway may be wrong or hostile, so it must not be a way into this computer or
//! its network: a private address is followed only on the host where the gateway itself is. Redirects are followed
//! by hand, because each hop is a new link.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{Answer, Base, Failure, Kind};

const HOPS: usize = 5;
const CONNECT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(60);

/// The client for links. It is made with the first of them: most people never order a film, and every client reads
/// all of the system's certificates.
#[derive(Clone, Default)]
pub struct Downloads(Arc<OnceLock<Clients>>);

struct Clients {
    /// Reaches public addresses only.
    outside: reqwest::Client,
    /// Reaches everything: for the gateway's own host.
    home: reqwest::Client,
}

/// A file on its way.
pub struct Arriving {
    /// What the sender says it is.
    pub mime: Option<String>,
    /// How long it says it is.
    pub length: Option<u64>,
    pieces: Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>,
}

impl Arriving {
    /// The next piece; `None` at the proper end.
    pub async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        match tokio::time::timeout(SILENCE, self.pieces.next()).await {
            Ok(piece) => piece,
            Err(_) => Some(Err(Failure::new(
                Kind::Stalled,
                "The download stopped in the middle.",
            ))),
        }
    }

    fn new(headers: &HeaderMap, pieces: impl Stream<Item = Result<Bytes, Failure>> + Send + 'static) -> Self {
        let text = |name| headers.get(name)?.to_str().ok();
        Self {
            mime: text(CONTENT_TYPE).map(str::to_owned),
            length: text(CONTENT_LENGTH).and_then(|length: &str| length.parse().ok()),
            pieces: Box::pin(pieces),
        }
    }
}

impl From<Answer> for Arriving {
    /// A file that came from the gateway itself, through its key.
    fn from(answer: Answer) -> Self {
        let pieces = futures::stream::unfold(answer.body, |mut body| async move {
            let piece = body.next().await?;
            Some((piece, body))
        });
        Self::new(&answer.headers, pieces)
    }
}

impl Downloads {
    fn clients(&self) -> Result<&Clients, Failure> {
        if let Some(clients) = self.0.get() {
            return Ok(clients);
        }
        let builder = || {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(CONNECT)
        };
        let failed = |_| Failure::new(Kind::Unreachable, "The system's TLS settings cannot be read.");
        let clients = Clients {
            outside: builder().dns_resolver(Arc::new(Public)).build().map_err(failed)?,
            home: builder().build().map_err(failed)?,
        };
        Ok(self.0.get_or_init(|| clients))
    }

    /// Follows a link of the gateway at `base`.
    ///
    /// # Errors
    /// When it leads nowhere, or where nothing of a stranger's choosing may be fetched from.
    pub async fn open(&self, link: &str, base: &Base) -> Result<Arriving, Failure> {
        let home = Url::parse(base.root()).ok();
        let mut url = Url::parse(link).map_err(|_| dead("The gateway's link is no address."))?;
        for _ in 0..=HOPS {
            let answer = self.hop(&url, home.as_ref()).await?;
            if !answer.status().is_redirection() {
                return arriving(answer);
            }
            let next = answer.headers().get(LOCATION).and_then(|next| next.to_str().ok());
            let next = next.ok_or_else(|| dead("The gateway's link redirects to nowhere."))?;
            url = url
                .join(next)
                .map_err(|_| dead("The gateway's link redirects to no address."))?;
        }
        Err(dead("The gateway's link redirects without end."))
    }

    async fn hop(&self, url: &Url, home: Option<&Url>) -> Result<reqwest::Response, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(dead("The gateway's link is no web address."));
        }
        let at_home = home.is_some_and(|home| home.host() == url.host());
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        if !at_home && literal.is_some_and(is_private) {
            return Err(private());
        }
        let clients = self.clients()?;
        let client = if at_home { &clients.home } else { &clients.outside };
        client.get(url.clone()).send().await.map_err(|error| {
            let mut cause: Option<&dyn std::error::Error> = Some(&error);
            while let Some(error) = cause {
                if error.is::<NotPublic>() {
                    return private();
                }
                cause = error.source();
            }
            // The link itself is a capability: it stays out of the sentence.
            Failure::new(
                Kind::Unreachable,
                "The server behind the gateway's link does not answer.",
            )
        })
    }
}

fn arriving(answer: reqwest::Response) -> Result<Arriving, Failure> {
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(Failure {
            status: Some(status.as_u16()),
            ..dead("The gateway's link is refused or has expired")
        });
    }
    let headers = answer.headers().clone();
    let pieces = answer.bytes_stream().map(|piece| {
        piece.map_err(|_| Failure::new(Kind::Interrupted, "The download broke off in the middle."))
    });
    Ok(Arriving::new(&headers, pieces))
}

fn dead(sentence: &str) -> Failure {
    Failure::new(Kind::GatewayFailed, sentence)
}

fn private() -> Failure {
    dead("The gateway's link points into this computer's own network, and is not followed.")
}

#[derive(Debug, thiserror::Error)]
#[error("not a public address")]
struct NotPublic;

/// The system's resolver, without the answers that lead into this network. Asking first and connecting later would
/// let the name change in between.
struct Public;

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| !is_private(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// 198.18/15 is left out on purpose: proxies that answer for names with made-up addresses use it.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => is_private_v4(v4),
            None => {
                v6.is_loopback()
                    || v6.is_unspecified()
                    || v6.is_unique_local()
                    || v6.is_unicast_link_local()
                    || v6.is_multicast()
            }
        },
    }
}

fn is_private_v4(v4: Ipv4Addr) -> bool {
    let [first, second, ..] = v4.octets();
    let carrier = first == 100 && (64..128).contains(&second);
    v4.is_loopback()
        || v4.is_private()
        || v4.is_link_local()
        || v4.is_broadcast()
        || v4.is_multicast()
        || first == 0
        || carrier
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_this_network_is_told_from_a_public_one() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_private(inside.parse().expect(inside)), "{inside}");
        }
        for outside in ["1.1.1.1", "198.18.0.5", "2606:4700::1111"] {
            assert!(!is_private(outside.parse().expect(outside)), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_link_into_this_computer_is_not_followed_by_name_or_by_number() {
        let downloads = Downloads::default();
        let far = Base::parse("https://api.example.com").expect("an address");
        for link in [
            "http://127.0.0.1:9/a.mp4",
            "http://localhost:9/a.mp4",
            "http://[::1]:9/a.mp4",
        ] {
            let Err(failure) = downloads.open(link, &far).await else {
                panic!("{link} was followed")
            };
            assert!(failure.message.contains("own network"), "{link}: {failure}");
        }
    }
}
