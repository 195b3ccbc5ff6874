//! Keys of gateways. The secret goes into the vault at once; everything else only knows a name and four characters.

use nexdesk_ledger::{KeyRow, new_id};
use nexdesk_vault::Secret;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::name;
use crate::App;
use crate::problem::{Problem, ProblemCode};

/// How a key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Not used yet.
    Unchecked,
    /// It worked last time.
    Healthy,
    /// It rests after a rate limit.
    Resting,
    /// The gateway does not accept it.
    Refused,
    /// Nothing is left to spend.
    Exhausted,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// Stable; also its name in the vault.
    pub id: String,
    /// Whose.
    pub gateway: String,
    /// As its person calls it.
    pub name: String,
    /// By which people recognise it.
    pub last_four: String,
    /// How it stands.
    pub state: KeyState,
    /// Unix milliseconds.
    pub last_used_at: Option<i64>,
    /// Unix milliseconds.
    pub created_at: i64,
}

/// A key to add. The one message that carries a secret inwards; nothing carries one outwards.
#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddKey {
    /// Whose.
    pub gateway: String,
    /// What to call it.
    pub name: String,
    /// The key itself.
    pub secret: String,
}

impl std::fmt::Debug for AddKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddKey")
            .field("gateway", &self.gateway)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Adds a key: into the vault first, so that a row without a secret never stands in the ledger.
    ///
    /// # Errors
    /// When there is nowhere to keep it, or it cannot be a key.
    pub async fn add_key(&self, ask: AddKey) -> Result<Key, Problem> {
        let AddKey {
            gateway,
            name: typed,
            secret,
        } = ask;
        let secret = Secret::new(pasted(secret)?);
        let name = name(
            if typed.trim().is_empty() {
                "default"
            } else {
                &typed
            },
            "key",
        )?;
        self.ledger()
            .gateway(&gateway)?
            .ok_or_else(|| Problem::not_found("such gateway"))?;
        if self
            .ledger()
            .keys(Some(&gateway))?
            .iter()
            .any(|key| key.name.eq_ignore_ascii_case(&name))
        {
            return Err(Problem::new(
                ProblemCode::NameTaken,
                format!("This gateway already has a key named “{name}”."),
            ));
        }
        let now = self.clock().unix_ms();
        let row = KeyRow {
            id: new_id(),
            gateway,
            name,
            last_four: secret.last_four(),
            state: nexdesk_ledger::KeyState::Unchecked,
            rests_until: None,
            created_at: now,
            last_used_at: None,
        };
        let id = row.id.clone();
        self.with_vault(move |vault| vault.put(&id, &secret)).await?;
        if let Err(error) = self.ledger().put_key(row.clone()).await {
            let id = row.id.clone();
            let _ = self.with_vault(move |vault| vault.remove(&id)).await;
            return Err(Problem::from(error));
        }
        self.gateways_changed()?;
        Ok(Key::shown(row, now))
    }

    /// Removes a key from the vault and then from the ledger.
    ///
    /// # Errors
    /// When the vault will not let go of it.
    pub async fn remove_key(&self, id: &str) -> Result<(), Problem> {
        let name = id.to_owned();
        let removed = self.with_vault(move |vault| vault.remove(&name)).await;
        // One that is already gone, by the keychain's own tool perhaps, is what was wanted.
        removed.or_else(|problem| {
            if problem.code == ProblemCode::NoKey {
                Ok(())
            } else {
                Err(problem)
            }
        })?;
        self.relay().wake_key(id);
        self.ledger().remove_key(id).await?;
        self.gateways_changed()
    }
}

impl Key {
    pub(crate) fn shown(row: KeyRow, now: i64) -> Self {
        // A rest that is over is not worth a write of its own: it ends by being looked at.
        let rested = row.rests_until.is_some_and(|until| until <= now);
        let state = match KeyState::from(row.state) {
            KeyState::Resting if rested => KeyState::Healthy,
            state => state,
        };
        Self {
            id: row.id,
            gateway: row.gateway,
            name: row.name,
            last_four: row.last_four,
            state,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
        }
    }
}

impl From<nexdesk_ledger::KeyState> for KeyState {
    fn from(state: nexdesk_ledger::KeyState) -> Self {
        use nexdesk_ledger::KeyState as Row;
        match state {
            Row::Unchecked => Self::Unchecked,
            Row::Healthy => Self::Healthy,
            Row::Resting => Self::Resting,
            Row::Refused => Self::Refused,
            Row::Exhausted => Self::Exhausted,
        }
    }
}

/// Keys are pasted with quotes, with the header's name and `Bearer` in front, with a line end behind.
fn pasted(secret: String) -> Result<String, Problem> {
    let mut bare = secret.trim().trim_matches(['"', '\'']).trim();
    for before in ["authorization:", "bearer"] {
        let rest = bare.get(before.len()..).filter(|rest| {
            bare[..before.len()].eq_ignore_ascii_case(before)
                && (before.ends_with(':') || rest.is_empty() || rest.starts_with(' '))
        });
        bare = rest.unwrap_or(bare).trim();
    }
    if bare.is_empty() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "Paste the key; the field is empty.",
        ));
    }
    if !bare.bytes().all(|byte| byte.is_ascii_graphic()) {
        let said = "That does not look like a key: it holds spaces or letters that no key has.";
        return Err(Problem::new(ProblemCode::InvalidInput, said));
    }
    Ok(bare.to_owned())
}
