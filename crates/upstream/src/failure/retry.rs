//! Who may be asked again after a failure, by the table of `reference/gateways.md` §6.

use super::{Failure, Kind};

/// Who may be asked next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// How many times more the same key may be asked, each after a back-off (1, 2, 4, 8 s).
    pub same_key: u8,
    /// Whether another key of this gateway may answer.
    pub other_key: bool,
    /// Whether another gateway, or another model there, may answer.
    pub other_gateway: bool,
}

impl Retry {
    /// The caller's own mistake: it is one everywhere.
    const STOP: Self = Self::of(0, false, false);

    const fn of(same_key: u8, other_key: bool, other_gateway: bool) -> Self {
        Self {
            same_key,
            other_key,
            other_gateway,
        }
    }
}

impl Failure {
    /// Who may be asked next for an answer that nobody has seen a byte of.
    #[must_use]
    pub fn retry(&self) -> Retry {
        match self.kind {
            Kind::BadRequest | Kind::ContextTooLong | Kind::ContentRefused => Retry::STOP,
            Kind::KeyRefused | Kind::Forbidden | Kind::QuotaExhausted | Kind::RateLimited | Kind::NoKey => {
                Retry::of(0, true, true)
            }
            // "No available channel" (new-api) may pass, and another key may be of another group.
            Kind::ModelNotFound if self.status == Some(503) => Retry::of(1, true, true),
            // The same address, the same list, the same vault: another key changes nothing.
            Kind::ModelNotFound | Kind::NotServed | Kind::NotAnApi | Kind::VaultLocked => {
                Retry::of(0, false, true)
            }
            Kind::Unreachable => Retry::of(4, false, true),
            Kind::GatewayFailed => match self.status {
                Some(408 | 409 | 502 | 503 | 504 | 529) => Retry::of(4, true, true),
                _ => Retry::of(2, true, true),
            },
            Kind::Interrupted => Retry::of(1, true, true),
            // Whoever was silent for minutes is not waited for again.
            Kind::Stalled => Retry::of(0, true, true),
        }
    }

    /// The same for a request that creates a job which is billed: there is no idempotency key, so it may be sent
    /// elsewhere only when it is certain that it was not accepted here, and never twice to the same key.
    #[must_use]
    pub fn retry_job(&self) -> Retry {
        let turned_away = matches!(
            self.kind,
            Kind::KeyRefused
                | Kind::Forbidden
                | Kind::QuotaExhausted
                | Kind::RateLimited
                | Kind::ModelNotFound
                | Kind::NotServed
                | Kind::NoKey
                | Kind::VaultLocked
        );
        if turned_away || self.unsent {
            Retry {
                same_key: 0,
                ..self.retry()
            }
        } else {
            Retry::STOP
        }
    }
}
