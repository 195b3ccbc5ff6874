//! What came of an order: a sentence or a list for people, the bare value for programs.

use nexdesk_app::chat::Receipt;
use nexdesk_app::control::{NamedCheck, NamedKey, Reply};
use nexdesk_app::keys::{Gateway, KeyCheck, NewToken};
use nexdesk_app::status::{Status, VaultState};
use serde::Serialize;
use serde_json::json;

use super::figures::{cost, count, duration, tokens};
use super::{Paper, lists};
use crate::exit::Stop;

impl Paper {
    /// Prints what came of an order.
    pub(crate) fn reply(self, reply: Reply) -> Result<(), Stop> {
        match reply {
            Reply::Done => self.done("Done."),
            Reply::Status(status) if self.json => self.value(&status),
            Reply::Status(status) => self.status(&status),
            Reply::Gateway(gateway) if self.json => self.value(&gateway),
            Reply::Gateway(gateway) => self.gateway(&gateway),
            Reply::Gateways(rows) => self.list(
                &rows,
                lists::gateways,
                "No gateways. Add one with `nexd gateways add`.",
            ),
            Reply::Key(key, check) if self.json => self.value(&json!({ "key": key, "check": check })),
            Reply::Key(key, check) => self.key(&key, &check),
            Reply::Keys(rows) => self.list(&rows, lists::keys, "No keys. Add one with `nexd keys add`."),
            Reply::Checks(checks) => return self.checks(&checks),
            Reply::Token(token) if self.json => self.value(&token),
            Reply::Token(token) => self.token(&token),
            Reply::Tokens(rows) => self.list(
                &rows,
                lists::tokens_made,
                "No tokens. Make one with `nexd tokens add NAME`.",
            ),
            Reply::Models(rows) => self.list(
                &rows,
                lists::models,
                "No models. Add a gateway, or check its keys.",
            ),
            Reply::Routing(reply) => return self.routing(&reply),
            Reply::Chats(reply) => self.chats(&reply),
            Reply::Watching(reply) => return self.watching(&reply),
            Reply::Answered(receipt) if self.json => {
                self.value(&json!({ "type": "receipt", "receipt": receipt }))
            }
            Reply::Answered(receipt) => {
                self.aside(&receipt.map_or_else(|| "No receipt.".into(), |receipt| one_line(&receipt)));
                Ok(())
            }
            Reply::Usage(page) if self.json => self.value(&page),
            Reply::Usage(page) => self.list(&page.rows, lists::usage, "Nothing was asked yet."),
        }
        .map_err(Stop::from)
    }

    pub(super) fn list<Row: Serialize>(
        self,
        rows: &[Row],
        shown: fn(&[Row]) -> String,
        none: &str,
    ) -> std::io::Result<()> {
        if self.json {
            return self.value(&rows);
        }
        if rows.is_empty() {
            self.aside(none);
            return Ok(());
        }
        self.line(shown(rows).trim_end())
    }

    fn gateway(self, gateway: &Gateway) -> std::io::Result<()> {
        let Gateway { name, base_url, .. } = gateway;
        let models = count(gateway.models.into());
        self.line(&match (gateway.needs_key, &gateway.last_problem) {
            (true, _) => format!("Added {name} at {base_url}. Now its key: `nexd keys add \"{name}\"`."),
            (false, None) => format!("Added {name} at {base_url}, with {models} models."),
            (false, Some(_)) => format!("Added {name} at {base_url}."),
        })?;
        if let Some(problem) = &gateway.last_problem {
            self.problem(problem);
        }
        Ok(())
    }

    /// A key that the gateway does not accept is still stored, and the person told: the gateway may be down.
    fn key(self, NamedKey { gateway_name, key }: &NamedKey, check: &KeyCheck) -> std::io::Result<()> {
        let ends = lists::ends(&key.last_four);
        let stored = format!("Stored the key {} of {gateway_name} ({ends})", key.name);
        match &check.problem {
            None => {
                let models = count(check.models.unwrap_or_default().into());
                self.line(&format!("{stored}. It works: {models} models."))
            }
            Some(problem) => {
                self.line(&format!("{stored}. Its first check failed:"))?;
                self.problem(problem);
                Ok(())
            }
        }
    }

    fn checks(self, checks: &[NamedCheck]) -> Result<(), Stop> {
        self.list(checks, lists::checks, "There is nothing to check.")?;
        match checks.iter().find_map(|named| named.check.problem.as_ref()) {
            Some(problem) => Err(Stop::Told(problem.code)),
            None => Ok(()),
        }
    }

    fn token(self, NewToken { token, secret }: &NewToken) -> std::io::Result<()> {
        self.line(secret)?;
        self.aside(&format!(
            "This is the token of {}. It is shown this once: give it to the tool as its API key.",
            token.name
        ));
        Ok(())
    }

    fn status(self, status: &Status) -> std::io::Result<()> {
        let relay = match (&status.relay.url, &status.relay.note) {
            (Some(url), _) => url.clone(),
            (None, Some(note)) => note.clone(),
            (None, None) => "not running; the window or `nexd serve` starts it".into(),
        };
        let keys = match status.vault.state {
            VaultState::Keychain => "in the keychain of the system",
            VaultState::File => "in a file encrypted with your passphrase",
            VaultState::Locked => "in an encrypted file, which is locked",
            VaultState::Missing => "nowhere yet",
        };
        let today = &status.today;
        let mut spent = cost(today.cost);
        if today.unpriced > 0 {
            spent = format!("{spent} and {} of unknown price", count(today.unpriced));
        }
        self.line(&format!(
            "Nexdesk  {}\nData     {}\nRelay    {relay}\nKeys     {keys}\nNow      {} streaming, {:.0} tok/s\n\
             Today    {} requests, {} failed, {spent}",
            status.version,
            status.data_dir,
            status.streaming,
            status.tokens_per_second,
            count(today.requests),
            count(today.failed),
        ))?;
        for sentence in [&status.vault.sentence, &status.relay.note].into_iter().flatten() {
            self.warn(sentence);
        }
        Ok(())
    }
}

/// `sandbox-chat · Sandbox · 12 in, 340 out · $0 · first token 210 ms · 3.4 s · 98 tok/s`
fn one_line(receipt: &Receipt) -> String {
    let basis = receipt.tokens.basis;
    let mut parts = vec![
        receipt.model.clone(),
        receipt.gateway.clone(),
        format!(
            "{} in, {} out",
            tokens(receipt.tokens.input, basis),
            tokens(receipt.tokens.output, basis)
        ),
        cost(receipt.cost),
        format!("first token {}", duration(receipt.first_token_ms)),
        duration(Some(receipt.took_ms)),
    ];
    parts.extend(receipt.tokens_per_second.map(|rate| format!("{rate:.0} tok/s")));
    parts.join(" · ")
}
