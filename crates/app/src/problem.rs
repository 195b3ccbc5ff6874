//! What went wrong, for people and for the window: a code to branch on, whose fault it is, what to do.

use nexdesk_client::ClientError;
use nexdesk_ledger::LedgerError;
use nexdesk_upstream::{AddressError, Failure, Kind};
use nexdesk_vault::VaultError;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The person's: they can mend it themselves.
    You,
    /// The gateway's, or the way there.
    Gateway,
    /// Ours.
    Nexdesk,
}

/// What the window branches on. A code exists only because something looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Something typed, or sent, cannot be right.
    InvalidInput,
    /// The model, or its gateway, cannot be given such a file.
    NotTaken,
    /// It is not there, or no longer.
    NotFound,
    /// Two things would have one name.
    NameTaken,
    /// The gateway has no key, or the vault does not show it.
    NoKey,
    /// The gateway does not accept the key.
    KeyRefused,
    /// Nothing is left to spend.
    QuotaExhausted,
    /// Too many requests for now.
    RateLimited,
    /// The budget of the local token is used up.
    BudgetExhausted,
    /// The local token may not ask this.
    NotAllowed,
    /// Nobody offers this model.
    ModelNotFound,
    /// Nobody answers at the gateway's address.
    GatewayUnreachable,
    /// The gateway is broken or overloaded.
    GatewayFailed,
    /// The address answers with something that is no API.
    NotAnApi,
    /// The answer broke off.
    StreamInterrupted,
    /// The answer stopped coming.
    Stalled,
    /// The person stopped it.
    Cancelled,
    /// There is no keychain, and no encrypted file instead.
    VaultMissing,
    /// The encrypted file wants its passphrase.
    VaultLocked,
    /// That was not it.
    WrongPassphrase,
    /// The disk is full.
    StorageFull,
    /// The data directory cannot be written to.
    StorageReadOnly,
    /// The data directory misbehaves in another way.
    StorageFailed,
    /// The relay's port is taken.
    PortInUse,
    /// Another process holds the data directory.
    DataDirHeld,
    /// Ours.
    Internal,
}

/// What happened, whose fault it is, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}{}", remedy.as_deref().map(|remedy| format!(" {remedy}")).unwrap_or_default())]
pub struct Problem {
    /// To branch on.
    pub code: ProblemCode,
    /// To blame.
    pub fault: Fault,
    /// One sentence: what happened.
    pub message: String,
    /// One sentence: what to do.
    pub remedy: Option<String>,
    /// What the other side said, where that adds something.
    pub detail: Option<String>,
}

impl Problem {
    /// A problem whose fault and remedy follow from its code.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        let (fault, remedy) = usual(code);
        Self {
            code,
            fault,
            message: message.into(),
            remedy: remedy.map(str::to_owned),
            detail: None,
        }
    }

    /// A problem whose sentence says itself what to do.
    pub(crate) fn told(code: ProblemCode, sentence: impl Into<String>) -> Self {
        Self {
            remedy: None,
            ..Self::new(code, sentence)
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("There is no {what} any more."))
    }

    /// From the words that the relay and the ledger use.
    #[must_use]
    pub fn from_words(code: &str, status: u16, message: &str) -> Self {
        Self::new(code_of(code).unwrap_or_else(|| by_status(status)), message)
    }
}

/// The code that the ledger keeps as a word.
#[must_use]
pub fn code_of(word: &str) -> Option<ProblemCode> {
    let known = serde_json::from_value(serde_json::Value::String(word.to_owned())).ok();
    known.or(match word {
        "insufficient_quota" => Some(ProblemCode::QuotaExhausted),
        "invalid_api_key" => Some(ProblemCode::KeyRefused),
        "rate_limit_exceeded" => Some(ProblemCode::RateLimited),
        "model_not_allowed" | "endpoint_not_allowed" | "token_paused" | "price_unknown" => {
            Some(ProblemCode::NotAllowed)
        }
        "request_too_large" => Some(ProblemCode::InvalidInput),
        "context_length_exceeded" | "content_policy_violation" => Some(ProblemCode::InvalidInput),
        "access_denied" => Some(ProblemCode::KeyRefused),
        "not_served" => Some(ProblemCode::GatewayFailed),
        "no_gateway" => Some(ProblemCode::NoKey),
        _ => None,
    })
}

fn by_status(status: u16) -> ProblemCode {
    match status {
        401 | 403 => ProblemCode::KeyRefused,
        402 => ProblemCode::QuotaExhausted,
        404 => ProblemCode::ModelNotFound,
        429 => ProblemCode::RateLimited,
        400..=499 => ProblemCode::InvalidInput,
        _ => ProblemCode::GatewayFailed,
    }
}

fn usual(code: ProblemCode) -> (Fault, Option<&'static str>) {
    use Fault::{Gateway, Nexdesk, You};
    use ProblemCode as C;
    match code {
        C::InvalidInput | C::NotTaken | C::NotFound | C::NameTaken | C::Cancelled | C::WrongPassphrase => {
            (You, None)
        }
        C::NoKey => (You, Some("Add a key for this gateway under Keys.")),
        C::KeyRefused => (
            You,
            Some("Check the key in the gateway's console, then replace it under Keys."),
        ),
        C::QuotaExhausted => (You, Some("Top up at the gateway, or use another key.")),
        C::BudgetExhausted | C::NotAllowed => (You, Some("Change what the local token may do, under Keys.")),
        C::RateLimited => (You, Some("Wait a moment and try again, or add a second key.")),
        C::ModelNotFound => (
            You,
            Some("Fetch the gateway's models under Keys and pick one of them."),
        ),
        C::GatewayUnreachable => (Gateway, Some("Check the network and the gateway's base URL.")),
        C::GatewayFailed => (
            Gateway,
            Some("Try again; if it stays, ask the gateway's support."),
        ),
        C::NotAnApi => (You, Some("Check the base URL: it usually ends in /v1.")),
        C::StreamInterrupted | C::Stalled => (
            Gateway,
            Some("What arrived is kept; continue from there, or try again."),
        ),
        C::VaultMissing => (
            You,
            Some("Install a keychain, or keep the keys in an encrypted file."),
        ),
        C::VaultLocked => (You, Some("Type the passphrase of the key file.")),
        C::StorageFull => (
            You,
            Some("Free some disk space; what is not yet written is kept in memory until then."),
        ),
        C::StorageReadOnly => (
            You,
            Some("Give this user the right to write there, or choose another data directory."),
        ),
        C::PortInUse => (You, Some("Choose another port in the settings.")),
        C::DataDirHeld => (You, Some("Close it first, or choose another data directory.")),
        C::StorageFailed | C::Internal => (Nexdesk, None),
    }
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Self {
        let code = match failure.kind {
            Kind::BadRequest | Kind::ContextTooLong | Kind::ContentRefused => ProblemCode::InvalidInput,
            Kind::KeyRefused | Kind::Forbidden => ProblemCode::KeyRefused,
            Kind::QuotaExhausted => ProblemCode::QuotaExhausted,
            Kind::RateLimited => ProblemCode::RateLimited,
            Kind::ModelNotFound => ProblemCode::ModelNotFound,
            Kind::GatewayFailed | Kind::NotServed => ProblemCode::GatewayFailed,
            Kind::Unreachable => ProblemCode::GatewayUnreachable,
            Kind::NotAnApi => ProblemCode::NotAnApi,
            Kind::Interrupted => ProblemCode::StreamInterrupted,
            Kind::Stalled => ProblemCode::Stalled,
            Kind::NoKey => ProblemCode::NoKey,
            Kind::VaultLocked => return Self::told(ProblemCode::VaultLocked, failure.message.clone()),
        };
        Self::new(code, failure.message.clone())
    }
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused {
                status,
                code,
                message,
                ..
            } => Self::from_words(code.as_deref().unwrap_or_default(), status, &message),
            ClientError::Unreachable(_) => Self::new(ProblemCode::GatewayUnreachable, error.to_string()),
            ClientError::Interrupted => Self::new(ProblemCode::StreamInterrupted, error.to_string()),
            ClientError::NotUnderstood => Self::new(ProblemCode::GatewayFailed, error.to_string()),
        }
    }
}

impl From<AddressError> for Problem {
    fn from(error: AddressError) -> Self {
        Self::new(ProblemCode::InvalidInput, error.to_string())
    }
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let code = match &error {
            VaultError::Missing(_) => ProblemCode::VaultMissing,
            VaultError::Locked => ProblemCode::VaultLocked,
            VaultError::WrongPassphrase => ProblemCode::WrongPassphrase,
            VaultError::NotFound => ProblemCode::NoKey,
            VaultError::Refused(_) | VaultError::Storage(_) => ProblemCode::StorageFailed,
        };
        Self::told(code, error.to_string())
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        let code = match &error {
            LedgerError::InUse { .. } => ProblemCode::DataDirHeld,
            LedgerError::NotASnapshot(_) => ProblemCode::InvalidInput,
            LedgerError::Full => ProblemCode::StorageFull,
            LedgerError::ReadOnly => ProblemCode::StorageReadOnly,
            LedgerError::NameTaken { .. } => ProblemCode::NameTaken,
            LedgerError::NotFound => ProblemCode::NotFound,
            _ => ProblemCode::StorageFailed,
        };
        Self::told(code, error.to_string())
    }
}
