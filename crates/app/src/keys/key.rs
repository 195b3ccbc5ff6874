//! Keys of gateways. The secret goes into the vault at once; everything else only knows a name and four characters.

use nexdesk_ledger::{KeyRow, KeyState as Row, new_id};
use nexdesk_relay::{KeyNews, redact};
use nexdesk_vault::Secret;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::name;
use crate::problem::{Problem, ProblemCode};
use crate::{App, AppEvent};

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
    /// Until when it rests, in Unix milliseconds, while it does.
    pub rests_until: Option<i64>,
    /// Its share of the gateway's requests, beside the other keys' shares.
    pub weight: u32,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Whether an answer is read to its end for the exact bill when its caller has hung up.
    pub reads_on: bool,
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

/// A key to rename, or to use more, less or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UpdateKey {
    /// Which.
    pub id: String,
    /// What to call it.
    pub name: String,
    /// Its share, from 1 to 1000.
    pub weight: u32,
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Whether an answer is read to its end for the exact bill when its caller has hung up. Else the gateway is hung
    /// up on too, which stops the bill where the gateway notices.
    pub reads_on: bool,
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
        self.free_key_name(&gateway, &name, None)?;
        let now = self.clock().unix_ms();
        let row = KeyRow {
            id: new_id(),
            gateway,
            name,
            last_four: secret.last_four(),
            state: Row::Unchecked,
            rests_until: None,
            created_at: now,
            last_used_at: None,
            weight: 1,
            enabled: true,
            reads_on: false,
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

    /// Renames a key, or changes how it is used.
    ///
    /// # Errors
    /// When it is gone, the name is taken, or the weight is none.
    pub async fn update_key(&self, ask: UpdateKey) -> Result<Key, Problem> {
        // How it stands may be on its way to the disk, and the row is written back whole.
        self.ledger().flush().await?;
        let old = self
            .ledger()
            .key(&ask.id)?
            .ok_or_else(|| Problem::not_found("such key"))?;
        let name = name(&ask.name, "key")?;
        self.free_key_name(&old.gateway, &name, Some(&old.id))?;
        if !(1..=1000).contains(&ask.weight) {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "A key's weight is a number from 1 to 1000.",
            ));
        }
        let row = KeyRow {
            name,
            weight: ask.weight,
            enabled: ask.enabled,
            reads_on: ask.reads_on,
            ..old
        };
        self.ledger().put_key(row.clone()).await?;
        if !row.enabled {
            self.lower_key_notice(&row.id);
        }
        self.gateways_changed()?;
        Ok(Key::shown(row, self.clock().unix_ms()))
    }

    /// Tells the person of a key that is laid aside, and takes that back once it works again.
    pub(crate) fn tell_of_key(&self, news: &KeyNews) {
        let Ok(Some(key)) = self.ledger().key(&news.key) else {
            return;
        };
        let gateway = self.ledger().gateway(&key.gateway).ok().flatten();
        let gateway = gateway.map(|row| row.name).unwrap_or_default();
        let (code, said) = match news.state {
            Row::Refused => (
                ProblemCode::KeyRefused,
                "is not accepted any more and is not asked",
            ),
            Row::Exhausted => (
                ProblemCode::QuotaExhausted,
                "has no credit left and is tried once an hour",
            ),
            Row::Unchecked | Row::Healthy | Row::Resting => {
                self.lower_key_notice(&key.id);
                return self.emit(AppEvent::GatewaysChanged);
            }
        };
        let problem = Problem {
            // Some gateways say the key back.
            detail: Some(redact::text(&news.said).into_owned()).filter(|said| !said.is_empty()),
            ..Problem::new(code, format!("The key “{}” of {gateway} {said}.", key.name))
        };
        self.raise_notice(&notice(&key.id), problem);
        self.emit(AppEvent::GatewaysChanged);
    }

    pub(super) fn lower_key_notice(&self, id: &str) {
        self.dismiss_notice(&notice(id));
    }

    fn free_key_name(&self, gateway: &str, name: &str, own: Option<&str>) -> Result<(), Problem> {
        let keys = self.ledger().keys(Some(gateway))?;
        let taken = keys
            .iter()
            .any(|key| key.name.eq_ignore_ascii_case(name) && own != Some(key.id.as_str()));
        if taken {
            return Err(Problem::new(
                ProblemCode::NameTaken,
                format!("This gateway already has a key named “{name}”."),
            ));
        }
        Ok(())
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
        self.lower_key_notice(id);
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
            rests_until: row.rests_until.filter(|_| state == KeyState::Resting),
            state,
            weight: row.weight,
            enabled: row.enabled,
            reads_on: row.reads_on,
            last_used_at: row.last_used_at,
            created_at: row.created_at,
        }
    }
}

fn notice(key: &str) -> String {
    format!("key-{key}")
}

impl From<Row> for KeyState {
    fn from(state: Row) -> Self {
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
