//! Local tokens: what tools present to the relay. Shown once, kept as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nexdesk_ledger::{TokenRow, new_id};
use nexdesk_relay::token_hash;
use serde::{Deserialize, Serialize};
use specta::Type;

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
            shown(
                row,
                Cost {
                    nano: Some(nano),
                    basis: Basis::Estimated,
                },
            )
        };
        Ok(self.ledger().tokens()?.into_iter().map(shown).collect())
    }

    /// Makes a token.
    ///
    /// # Errors
    /// When the name is taken, or the system has no randomness.
    pub async fn create_token(&self, typed: &str) -> Result<NewToken, Problem> {
        let name = name(typed, "token")?;
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
        let mut random = [0_u8; 24];
        getrandom::fill(&mut random)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        let secret = format!("nxd-{}", URL_SAFE_NO_PAD.encode(random));
        let row = TokenRow {
            id: new_id(),
            name,
            hash: token_hash(&secret),
            last_four: secret[secret.len() - 4..].to_owned(),
            created_at: self.clock().unix_ms(),
            last_used_at: None,
            revoked_at: None,
        };
        self.ledger().add_token(row.clone()).await?;
        self.relay().refresh()?;
        let spent = Cost {
            nano: Some(0),
            basis: Basis::Estimated,
        };
        Ok(NewToken {
            token: shown(row, spent),
            secret,
        })
    }

    /// Revokes a token at once. What it asked stays in Usage.
    ///
    /// # Errors
    /// When there is no such token.
    pub async fn revoke_token(&self, id: &str) -> Result<(), Problem> {
        self.ledger().revoke_token(id, self.clock().unix_ms()).await?;
        Ok(self.relay().refresh()?)
    }
}

fn shown(row: TokenRow, spent_today: Cost) -> LocalToken {
    LocalToken {
        id: row.id,
        name: row.name,
        last_four: row.last_four,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        spent_today,
    }
}
