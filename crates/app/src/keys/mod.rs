//! The Keys panel: gateways, their keys and models, local tokens, and where keys are kept.

mod check;
mod gateways;
mod key;
mod limits;
mod models;
mod sandbox;
mod tokens;
mod vault;

pub use check::KeyCheck;
pub use gateways::{AddGateway, Gateway, GatewayState, Preset, UpdateGateway};
pub use key::{AddKey, Key, KeyState, UpdateKey};
pub use limits::{BudgetPeriod, Capture, TokenBudget, TokenChange, TokenLimits, Unpriced};
pub use models::{Model, ModelKind, ModelPrice};
pub(crate) use sandbox::open_sandbox;
pub(crate) use tokens::random_secret;
pub use tokens::{LocalToken, NewToken};

use crate::problem::{Problem, ProblemCode};

/// What people call a thing: trimmed, not empty, not endless.
fn name(typed: &str, what: &str) -> Result<String, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("Give the {what} a name."),
        ));
    }
    if typed.chars().count() > 60 {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("The name of the {what} is longer than 60 characters."),
        ));
    }
    Ok(typed.to_owned())
}
