//! Local tokens: what tools present to the relay. Shown once, kept as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nexdesk_ledger::{TokenRow, new_id};
use nexdesk_relay::token_hash;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::limits::{TokenBudget, TokenLimits};
use super::name;
use crate::App;
use crate::figures::{Basis, Cost};
use crate::problem::{Problem, ProblemCode};
use crate::time::local_midnight;

/// A local token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LocalToken {
    /// Stable.
    pub id: String,
    /// The tool it is for.
    pub name: String,
    /// By which people recognise it.
    pub last_four: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub last_used_at: Option<i64>,
    /// What it spent since local midnight.
    pub spent_today: Cost,
    /// Whether it is paused.
    pub paused: bool,
    /// What it may do.
    pub limits: TokenLimits,
    /// How each of its budgets stands.
    pub budgets: Vec<TokenBudget>,
    /// The time zone whose midnight its budgets begin anew at; null for this computer's.
    pub zone: Option<String>,
}

/// A token just made. The secret is never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// The token.
    pub token: LocalToken,
    /// What the tool presents.
    pub secret: String,
}

/// What nobody guesses, behind a beginning that says what it is.
pub(crate) fn random_secret(beginning: &str) -> Result<String, Problem> {
    let mut random = [0_u8; 24];
    getrandom::fill(&mut random).map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    Ok(format!("{beginning}{}", URL_SAFE_NO_PAD.encode(random)))
}

impl App {
    /// The live tokens, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn list_tokens(&self) -> Result<Vec<LocalToken>, Problem> {
        let midnight = local_midnight(self.clock().unix_ms());
        let spent = self.ledger().spend_by_token_since(midnight)?;
        let shown = |row: TokenRow| {
            let nano = spent
                .iter()
                .find(|(id, ..)| *id == row.id)
                .map_or(0, |(_, nano, _)| *nano);
            self.shown(row, nano)
        };
        Ok(self.ledger().tokens()?.into_iter().map(shown).collect())
    }

    /// Makes a token that may do everything.
    ///
    /// # Errors
    /// When the name is taken, or the system has no randomness.
    pub async fn create_token(&self, typed: &str) -> Result<NewToken, Problem> {
        self.create_limited_token(typed, TokenLimits::default()).await
    }

    /// Makes a token that may do this much, from its first request on.
    ///
    /// # Errors
    /// When the name is taken, a limit makes no sense, or the system has no randomness.
    pub async fn create_limited_token(&self, typed: &str, limits: TokenLimits) -> Result<NewToken, Problem> {
        let name = name(typed, "token")?;
        let limits = limits.checked()?;
        if self
            .ledger()
            .tokens()?
            .iter()
            .any(|row| row.name.eq_ignore_ascii_case(&name))
        {
            return Err(Problem::new(
                ProblemCode::NameTaken,
                format!("There is already a token named “{name}”."),
            ));
        }
        let secret = random_secret("nxd-")?;
        let row = TokenRow {
            id: new_id(),
            name,
            hash: token_hash(&secret),
            last_four: secret[secret.len() - 4..].to_owned(),
            created_at: self.clock().unix_ms(),
            last_used_at: None,
            revoked_at: None,
            paused_at: None,
            limits: limits.kept(None),
        };
        self.ledger().add_token(row.clone()).await?;
        self.relay().refresh()?;
        Ok(NewToken {
            token: self.shown(row, 0),
            secret,
        })
    }

    /// Says what a token may do, from its next request on; a budget, from the next words of a stream on.
    ///
    /// # Errors
    /// When there is no such token, or a limit makes no sense.
    pub async fn set_token_limits(&self, id: &str, limits: TokenLimits) -> Result<LocalToken, Problem> {
        let row = self.token_row(id)?;
        let kept = limits.checked()?.kept(row.limits.zone);
        self.ledger().limit_token(id, kept).await?;
        self.relay().refresh()?;
        self.local_token(id)
    }

    /// Lets a token ask nothing more for now, or again. An answer that has begun comes to its end.
    ///
    /// # Errors
    /// When there is no such token.
    pub async fn pause_token(&self, id: &str, paused: bool) -> Result<LocalToken, Problem> {
        let at = paused.then(|| self.clock().unix_ms());
        self.ledger().pause_token(id, at).await?;
        self.relay().refresh()?;
        self.local_token(id)
    }

    /// Revokes a token at once: its next request is refused. An answer that has begun comes to its end, and is paid for
    /// anyway. What it asked stays in Usage.
    ///
    /// # Errors
    /// When there is no such token.
    pub async fn revoke_token(&self, id: &str) -> Result<(), Problem> {
        self.ledger().revoke_token(id, self.clock().unix_ms()).await?;
        Ok(self.relay().refresh()?)
    }

    fn token_row(&self, id: &str) -> Result<TokenRow, Problem> {
        let row = self.ledger().tokens()?.into_iter().find(|row| row.id == id);
        row.ok_or_else(|| Problem::not_found("such token"))
    }

    fn local_token(&self, id: &str) -> Result<LocalToken, Problem> {
        let token = self.list_tokens()?.into_iter().find(|token| token.id == id);
        token.ok_or_else(|| Problem::not_found("such token"))
    }

    fn shown(&self, row: TokenRow, spent_today: i64) -> LocalToken {
        let budgets = self.relay().budgets_of(&row.id);
        LocalToken {
            budgets: budgets.into_iter().map(TokenBudget::from).collect(),
            id: row.id,
            name: row.name,
            last_four: row.last_four,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            spent_today: Cost {
                nano: Some(spent_today),
                basis: Basis::Estimated,
            },
            paused: row.paused_at.is_some(),
            zone: row.limits.zone.clone(),
            limits: row.limits.into(),
        }
    }
}
