//! The local tokens as requests need them: found by their secret, and what each may do.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nexdesk_ledger::{Ledger, LedgerError, TokenLimits, TokenRow};
use nexdesk_pricing::Money;
use sha2::{Digest, Sha256};
use smol_str::SmolStr;
use subtle::ConstantTimeEq;

use crate::Map;
use crate::budget::Limits;
use crate::calendar::Calendar;
use crate::rate::Rates;

/// Every token there ever was: a revoked one is told so.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Map<[u8; PREFIX], Vec<Arc<Token>>>);

/// Enough to find one among thousands, and useless without the other bytes.
const PREFIX: usize = 4;

#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) id: SmolStr,
    pub(crate) name: SmolStr,
    /// Its account among the budgets.
    pub(crate) scope: Arc<str>,
    pub(crate) limits: TokenLimits,
    state: State,
    hash: Vec<u8>,
    told_at: AtomicI64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Live,
    Paused,
    Revoked,
}

/// Why a token that is known opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Paused,
    Revoked,
    Expired,
}

impl Tokens {
    pub(crate) fn read(ledger: &Ledger) -> Result<Self, LedgerError> {
        let mut tokens = Self::default();
        for row in ledger.tokens_ever()? {
            if let Some(prefix) = row.hash.first_chunk() {
                let same = tokens.0.entry(*prefix).or_default();
                same.push(Arc::new(Token::of(row)));
            }
        }
        Ok(tokens)
    }

    /// Only the hash's first bytes are looked up, and the whole of it is compared in constant time: how long a wrong
    /// secret takes says nothing about a right one.
    pub(crate) fn find(&self, secret: &str) -> Option<&Arc<Token>> {
        let hash = token_hash(secret);
        let alike = self.0.get(hash.first_chunk()?)?;
        alike.iter().find(|token| bool::from(token.hash.ct_eq(&hash)))
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &Arc<Token>> {
        self.0
            .values()
            .flatten()
            .filter(|token| token.state != State::Revoked)
    }
}

impl Token {
    fn of(row: TokenRow) -> Self {
        let state = match (row.revoked_at, row.paused_at) {
            (Some(_), _) => State::Revoked,
            (None, Some(_)) => State::Paused,
            (None, None) => State::Live,
        };
        Self {
            scope: scope(&row.id),
            id: row.id.into(),
            name: row.name.into(),
            limits: row.limits,
            state,
            hash: row.hash,
            told_at: AtomicI64::new(0),
        }
    }

    /// Whether it may ask at all.
    pub(crate) fn open(&self, now: i64) -> Result<(), Closed> {
        match self.state {
            State::Revoked => Err(Closed::Revoked),
            State::Paused => Err(Closed::Paused),
            State::Live if self.limits.expires_at.is_some_and(|end| end <= now) => Err(Closed::Expired),
            State::Live => Ok(()),
        }
    }

    /// Whether its use is worth writing down again: a busy tool asks a hundred times a second.
    pub(crate) fn is_news(&self, now: i64) -> bool {
        let is_news = now - self.told_at.load(Ordering::Relaxed) >= 10_000;
        if is_news {
            self.told_at.store(now, Ordering::Relaxed);
        }
        is_news
    }

    /// Whether it may ask for what is known by any of these names.
    pub(crate) fn allows(&self, names: &[&str]) -> bool {
        let patterns = &self.limits.models;
        patterns.is_empty()
            || patterns
                .iter()
                .any(|pattern| names.iter().any(|name| fits(pattern, name)))
    }

    pub(crate) fn rates(&self) -> Rates {
        Rates {
            requests: self.limits.rpm,
            tokens: self.limits.tpm,
        }
    }

    pub(crate) fn budget(&self) -> (Limits, Calendar) {
        let limits = Limits {
            day: self.limits.day_nano.map(Money),
            month: self.limits.month_nano.map(Money),
            total: self.limits.total_nano.map(Money),
        };
        (limits, Calendar::of(self.limits.zone.as_deref()))
    }
}

/// What is kept of a local token. It has 190 random bits, so one round of a fast hash is enough.
#[must_use]
pub fn token_hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

pub(crate) fn scope(id: &str) -> Arc<str> {
    format!("token:{id}").into()
}

/// `*` stands for any characters, none included; everything else for itself, as models are told apart by case.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // Each piece at its first place: whatever it leaves is the most there is for the next.
    for piece in middle.split('*') {
        match name.find(piece) {
            Some(at) => name = &name[at + piece.len()..],
            None => return false,
        }
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_characters_and_the_rest_for_itself() {
        for (pattern, name) in [
            ("*", "anything"),
            ("gpt-4o", "gpt-4o"),
            ("gpt-4o*", "gpt-4o"),
            ("gpt-4o*", "gpt-4o-mini"),
            ("*-mini", "gpt-4o-mini"),
            ("nexhina/*", "nexhina/openai/gpt-5"),
            ("claude-*-4*", "claude-sonnet-4-20250514"),
            ("a*b*a", "aba"),
            ("*你*", "问你好"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("gpt-4o", "gpt-4o-mini"),
            ("gpt-4o", "x/gpt-4o"),
            ("gpt-4o*", "GPT-4o"),
            ("a*b*a", "ab"),
            ("aa*aa", "aaa"),
            ("", "gpt-4o"),
            ("*-mini", "gpt-4o-mini-tts"),
        ] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }
}
