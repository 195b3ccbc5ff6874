//! What a person types as a base URL, and the URLs made from it (`reference/gateways.md` §9, "URL building").

use thiserror::Error;
use url::Url;

/// Endpoints people paste whole out of a sample. Longest first, so that nothing is cut in the middle.
const ENDPOINTS: [&str; 12] = [
    "/chat/completions",
    "/audio/transcriptions",
    "/audio/translations",
    "/audio/speech",
    "/images/generations",
    "/images/edits",
    "/video/generations",
    "/embeddings",
    "/completions",
    "/responses",
    "/messages",
    "/models",
];

/// Path ends that already say which API is meant: only the route is appended.
const VERSIONED: [&str; 3] = ["/openai", "/compatible-mode/v1", "/v1beta"];

/// Why a base URL cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Nothing was typed.
    #[error("Type the gateway's base URL, for example https://api.example.com/v1.")]
    Empty,
    /// It is not a URL.
    #[error("“{0}” is not a web address. A base URL looks like https://api.example.com/v1.")]
    NotUrl(String),
    /// Something other than HTTP.
    #[error("A base URL begins with https:// (or http:// on your own network), not {0}://.")]
    Scheme(String),
    /// A key in the URL would end up in logs.
    #[error(
        "Leave user names, passwords and ?query parts out of the base URL; the key has a field of its own."
    )]
    Secret,
}

/// A base URL, made regular: no trailing slash, no endpoint, no query, and a version where none was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// When it is no usable address; the error is a sentence for that person.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(AddressError::Empty);
        }
        let with_scheme = if typed.contains("://") {
            typed.to_owned()
        } else {
            format!("https://{typed}")
        };
        let url = Url::parse(&with_scheme).map_err(|_| AddressError::NotUrl(typed.into()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(url.scheme().into()));
        }
        if url
            .host_str()
            .is_none_or(|host| host.is_empty() || host.contains(' '))
        {
            return Err(AddressError::NotUrl(typed.into()));
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err(AddressError::Secret);
        }
        let mut path = url.path().trim_end_matches('/');
        if let Some(rest) = ENDPOINTS.iter().find_map(|endpoint| path.strip_suffix(endpoint)) {
            path = rest.trim_end_matches('/');
        }
        let base = format!("{}{path}", url.origin().ascii_serialization());
        Ok(Self(if is_versioned(path) {
            base
        } else {
            format!("{base}/v1")
        }))
    }

    /// What is stored: an address that was read before, taken as it is.
    #[must_use]
    pub fn stored(base_url: &str) -> Self {
        Self(base_url.to_owned())
    }

    /// As it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a route such as `chat/completions`.
    #[must_use]
    pub fn url(&self, route: &str) -> String {
        [&self.0, "/", route].concat()
    }

    /// Where the API may be: some gateways want no `/v1`. What answers is stored.
    #[must_use]
    pub fn candidates(&self) -> Vec<Self> {
        let bare = self.0.strip_suffix("/v1").map(|bare| Self(bare.to_owned()));
        std::iter::once(self.clone()).chain(bare).collect()
    }

    /// The host without the API's path: where new-api keeps `/api/pricing`.
    #[must_use]
    pub fn root(&self) -> &str {
        self.0.strip_suffix("/v1").unwrap_or(&self.0)
    }
}

fn is_versioned(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let numbered = last
        .strip_prefix('v')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    numbered || VERSIONED.iter().any(|end| path.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(typed: &str) -> String {
        Base::parse(typed)
            .map(|base| base.0)
            .unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn a_whole_endpoint_is_cut_back_to_its_base() {
        assert_eq!(
            base("https://api.example.com/v1/chat/completions"),
            "https://api.example.com/v1"
        );
        assert_eq!(
            base(" https://api.example.com/v1/ "),
            "https://api.example.com/v1"
        );
        assert_eq!(base("api.example.com/v1/models"), "https://api.example.com/v1");
        assert_eq!(
            base("http://LOCALHOST:1234/chat/completions/"),
            "http://localhost:1234/v1"
        );
    }

    #[test]
    fn a_version_in_the_path_is_never_doubled() {
        for (typed, url) in [
            ("https://a.example", "https://a.example/v1/models"),
            ("https://a.example/v1", "https://a.example/v1/models"),
            (
                "https://open.bigmodel.cn/api/paas/v4",
                "https://open.bigmodel.cn/api/paas/v4/models",
            ),
            (
                "https://g.example/v1beta/openai",
                "https://g.example/v1beta/openai/models",
            ),
            (
                "https://d.example/compatible-mode/v1",
                "https://d.example/compatible-mode/v1/models",
            ),
            ("https://a.example/gateway", "https://a.example/gateway/v1/models"),
        ] {
            assert_eq!(Base::parse(typed).expect(typed).url("models"), url);
        }
    }

    #[test]
    fn what_is_no_address_is_answered_with_a_sentence() {
        assert_eq!(Base::parse(""), Err(AddressError::Empty));
        assert_eq!(
            Base::parse("ftp://a.example"),
            Err(AddressError::Scheme("ftp".into()))
        );
        assert_eq!(Base::parse("https://key@a.example/v1"), Err(AddressError::Secret));
        assert_eq!(
            Base::parse("https://a.example/v1?key=1"),
            Err(AddressError::Secret)
        );
        assert!(matches!(
            Base::parse("not a url at all"),
            Err(AddressError::NotUrl(_))
        ));
    }
}
