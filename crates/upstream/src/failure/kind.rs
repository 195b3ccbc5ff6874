//! The kinds of trouble: what programs call each, what status a caller sees, and whether anybody else may be asked.

/// The kinds of trouble somebody acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The request itself is wrong: no other key will like it better.
    BadRequest,
    /// The conversation is longer than the model can read.
    ContextTooLong,
    /// The gateway will not talk about this. Asking with every key in turn gets accounts closed.
    ContentRefused,
    /// The key is wrong, expired or disabled.
    KeyRefused,
    /// The key is good, but not for this model, or not from this address.
    Forbidden,
    /// Nothing left to spend.
    QuotaExhausted,
    /// Too many requests; later is fine.
    RateLimited,
    /// This model is not offered to this key.
    ModelNotFound,
    /// The gateway does not have this endpoint.
    NotServed,
    /// The gateway is broken or overloaded.
    GatewayFailed,
    /// Nobody answers there.
    Unreachable,
    /// Something answers, but it is no API.
    NotAnApi,
    /// The answer broke off.
    Interrupted,
    /// Nothing came for too long.
    Stalled,
    /// There is no key, or it is gone from the vault.
    NoKey,
    /// The key is there, but its place is locked or gone.
    VaultLocked,
}

impl Kind {
    /// The word that programs, the ledger and the window branch on.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "invalid_input",
            Self::ContextTooLong => "context_length_exceeded",
            Self::ContentRefused => "content_policy_violation",
            Self::KeyRefused => "key_refused",
            Self::Forbidden => "access_denied",
            Self::QuotaExhausted => "quota_exhausted",
            Self::RateLimited => "rate_limited",
            Self::ModelNotFound => "model_not_found",
            Self::NotServed => "not_served",
            Self::GatewayFailed => "gateway_failed",
            Self::Unreachable => "gateway_unreachable",
            Self::NotAnApi => "not_an_api",
            Self::Interrupted => "stream_interrupted",
            Self::Stalled => "stalled",
            Self::NoKey => "no_key",
            Self::VaultLocked => "vault_locked",
        }
    }

    /// Whether another key or another gateway might answer. The caller's own mistakes fail everywhere.
    #[must_use]
    pub fn another_may_answer(self) -> bool {
        !matches!(
            self,
            Self::BadRequest | Self::ContextTooLong | Self::ContentRefused
        )
    }

    /// The status a caller sees when there is no answer of the gateway's own to pass on.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::ContextTooLong | Self::ContentRefused => 400,
            Self::KeyRefused => 401,
            Self::QuotaExhausted => 402,
            Self::Forbidden => 403,
            Self::ModelNotFound => 404,
            Self::RateLimited => 429,
            Self::NotServed => 501,
            Self::GatewayFailed | Self::Unreachable | Self::NotAnApi | Self::Interrupted => 502,
            Self::NoKey | Self::VaultLocked => 503,
            Self::Stalled => 504,
        }
    }
}
