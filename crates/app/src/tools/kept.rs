//! A server between its row and its start: which of its words are secrets, under which names the vault has them, and
//! how the two are put together again.
//!
//! Keys are pasted into arguments and addresses too. Such a value is replaced by `${input:NAME}`, which `nexdesk-mcp`
//! knows how to fill, and goes to the vault like the others.

use nexdesk_mcp::{Server, Transport};
use nexdesk_vault::Secret;
use serde::{Deserialize, Serialize};

use super::{McpSecret, McpTransport};

/// What stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Kept {
    /// A program.
    Stdio {
        command: String,
        args: Vec<String>,
        env: Vec<String>,
    },
    /// An address, and the headers that go with it.
    Http { url: String, headers: Vec<String> },
}

/// What goes to the vault: names and values.
pub(super) type Values = Vec<(String, Secret)>;

impl Kept {
    /// Takes a server apart. `known` is how it stood before: its headers stay.
    pub(super) fn of(
        transport: McpTransport,
        secrets: Vec<McpSecret>,
        known: Option<&Kept>,
    ) -> (Kept, Values) {
        let given = secrets
            .into_iter()
            .filter(|secret| !secret.value.trim().is_empty());
        let mut values: Values = given
            .map(|secret| (secret.name, Secret::new(secret.value.trim().to_owned())))
            .collect();
        let kept = match transport {
            McpTransport::Stdio { command, args, env } => {
                let args = without_secrets(args, &mut values);
                Kept::Stdio {
                    command: command.trim().to_owned(),
                    args,
                    env,
                }
            }
            McpTransport::Http { url } => {
                let mut headers = match known {
                    Some(Kept::Http { headers, .. }) => headers.clone(),
                    Some(Kept::Stdio { .. }) | None => Vec::new(),
                };
                let places = Transport::Http {
                    url: url.clone(),
                    headers: Vec::new(),
                }
                .missing();
                for (name, _) in &values {
                    let known = headers
                        .iter()
                        .chain(&places)
                        .any(|one| one.eq_ignore_ascii_case(name));
                    if !known {
                        headers.push(name.clone());
                    }
                }
                let url = address_without_secrets(url.trim(), &mut values);
                Kept::Http { url, headers }
            }
        };
        let names = kept.names();
        values.retain(|(name, _)| names.contains(name));
        (kept, values)
    }

    /// Everything the vault may hold for it.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = match self {
            Kept::Stdio { env, .. } => env.clone(),
            Kept::Http { headers, .. } => headers.clone(),
        };
        for place in self.bare().missing() {
            if !names.contains(&place) {
                names.push(place);
            }
        }
        names
    }

    /// The server, with what the vault has of it. What it has not stays a place to be filled, and the server says so.
    pub(super) fn server(&self, id: &str, name: &str, values: &Values) -> Server {
        let mut transport = self.bare();
        match &mut transport {
            Transport::Stdio { env, .. } => env.extend(self.own(values)),
            Transport::Http { headers, .. } => headers.extend(self.own(values).into_iter().map(as_header)),
        }
        for (name, value) in values {
            transport.fill(name, value);
        }
        Server {
            id: id.to_owned(),
            name: name.to_owned(),
            transport,
        }
    }

    pub(super) fn shown(self) -> McpTransport {
        match self {
            Kept::Stdio { command, args, env } => McpTransport::Stdio { command, args, env },
            Kept::Http { url, .. } => McpTransport::Http { url },
        }
    }

    fn own(&self, values: &Values) -> Values {
        let (Kept::Stdio { env: names, .. } | Kept::Http { headers: names, .. }) = self;
        let value = |name: &String| {
            let found = values.iter().find(|(one, _)| one == name);
            let value = found.map(|(_, value)| value.clone());
            (name.clone(), value.unwrap_or_else(|| Secret::new(place(name))))
        };
        names.iter().map(value).collect()
    }

    fn bare(&self) -> Transport {
        match self {
            Kept::Stdio { command, args, .. } => Transport::Stdio {
                command: command.clone(),
                args: args.clone(),
                env: Vec::new(),
            },
            Kept::Http { url, .. } => Transport::Http {
                url: url.clone(),
                headers: Vec::new(),
            },
        }
    }
}

/// A server of another app, taken apart for the page.
pub(super) fn offered(transport: &Transport) -> (McpTransport, Vec<McpSecret>) {
    let secret = |(name, value): &(String, Secret)| McpSecret {
        name: name.clone(),
        value: match value.expose().starts_with("${input:") {
            true => String::new(),
            false => value.expose().to_owned(),
        },
    };
    match transport {
        Transport::Stdio { command, args, env } => {
            let mut secrets: Vec<McpSecret> = env.iter().map(secret).collect();
            for name in transport.missing() {
                // A place in an argument is filled from the variable of its name.
                if !secrets.iter().any(|known| known.name == name) {
                    let value = String::new();
                    secrets.push(McpSecret { name, value });
                }
            }
            let transport = McpTransport::Stdio {
                command: command.clone(),
                args: args.clone(),
                env: secrets.iter().map(|secret| secret.name.clone()).collect(),
            };
            (transport, secrets)
        }
        Transport::Http { url, headers } => {
            let secrets = headers.iter().map(secret).collect();
            (McpTransport::Http { url: url.clone() }, secrets)
        }
    }
}

/// People paste the token alone.
fn as_header((name, value): (String, Secret)) -> (String, Secret) {
    let bare = name.eq_ignore_ascii_case("authorization") && !value.expose().contains([' ', '$']);
    match bare {
        true => (name, Secret::new(format!("Bearer {}", value.expose()))),
        false => (name, value),
    }
}

fn place(name: &str) -> String {
    format!("${{input:{name}}}")
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "key", "token", "secret", "passw", "auth", "cred", "cookie", "header",
    ];
    words.iter().any(|word| name.contains(word))
}

/// `--api-key=…` and `--api-key …`, and addresses among the arguments.
fn without_secrets(args: Vec<String>, values: &mut Values) -> Vec<String> {
    let mut awaited: Option<String> = None;
    let mut kept = Vec::new();
    for arg in args {
        let flag = arg.starts_with('-');
        let named = arg.trim_start_matches('-').to_owned();
        match (awaited.take(), arg.split_once('=')) {
            (Some(name), _) if !flag => kept.push(put_away(&name, &arg, values)),
            (_, Some((name, value))) if flag && tells(name) && !value.is_empty() => {
                let put = put_away(name.trim_start_matches('-'), value, values);
                kept.push(format!("{name}={put}"));
            }
            _ => {
                awaited = (flag && tells(&arg)).then_some(named);
                kept.push(address_without_secrets(&arg, values));
            }
        }
    }
    kept
}

/// The password before the `@`, and what stands behind a telling name after the `?`.
fn address_without_secrets(text: &str, values: &mut Values) -> String {
    // As it was typed: a parsed address has its signs encoded, and would not be found in the text again.
    let Some((_, address)) = text.split_once("://") else {
        return text.to_owned();
    };
    let mut kept = text.to_owned();
    let host = address.split(['/', '?', '#']).next().unwrap_or_default();
    let password = host
        .rsplit_once('@')
        .and_then(|(user, _)| Some(user.split_once(':')?.1));
    if let Some(password) = password.filter(|password| !password.is_empty()) {
        let put = put_away("password", password, values);
        kept = kept.replacen(&format!(":{password}@"), &format!(":{put}@"), 1);
    }
    let query = text.split_once('?').map_or("", |(_, query)| query);
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if tells(name) && !value.is_empty() {
            let put = put_away(name, value, values);
            kept = kept.replace(&format!("{name}={value}"), &format!("{name}={put}"));
        }
    }
    kept
}

fn put_away(name: &str, value: &str, values: &mut Values) -> String {
    if value.starts_with("${input:") {
        return value.to_owned();
    }
    let name: String = name
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '_'
            }
        })
        .collect();
    let mut free = name.clone();
    let mut next = 2;
    while values.iter().any(|(known, _)| *known == free) {
        free = format!("{name}_{next}");
        next += 1;
    }
    values.push((free.clone(), Secret::new(value.to_owned())));
    place(&free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stdio(args: &[&str]) -> McpTransport {
        McpTransport::Stdio {
            command: "npx".into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: vec!["A_KEY".into()],
        }
    }

    fn secret(name: &str, value: &str) -> McpSecret {
        McpSecret {
            name: name.into(),
            value: value.into(),
        }
    }

    #[test]
    fn keys_in_arguments_and_addresses_leave_them_and_come_back_at_the_start() {
        let args = [
            "-y",
            "--api-key",
            "planted-1",
            "--token=planted-2",
            "postgres://me:planted-3@host/db",
            "--port",
            "80",
        ];
        let (kept, values) = Kept::of(stdio(&args), vec![secret("A_KEY", "planted-4")], None);
        let row = serde_json::to_string(&kept).unwrap();
        assert!(!row.contains("planted") && row.contains("--port"), "{row}");
        assert_eq!(values.len(), 4);
        assert_eq!(kept.names().len(), 4, "{:?}", kept.names());
        let Transport::Stdio { args: given, env, .. } = kept.server("1", "s", &values).transport else {
            panic!("it was a program");
        };
        assert_eq!(given, args);
        assert_eq!((env.len(), env[0].1.expose()), (1, "planted-4"));
        let (again, none) = Kept::of(kept.clone().shown(), Vec::new(), Some(&kept));
        assert_eq!(
            (again, none.len()),
            (kept, 0),
            "saved unchanged it stays as it is"
        );
    }

    #[test]
    fn a_bare_token_becomes_a_bearer_and_a_key_in_the_address_is_put_away() {
        let transport = McpTransport::Http {
            url: "https://a.example/mcp?apiKey=planted-1&page=2".into(),
        };
        let (kept, values) = Kept::of(transport, vec![secret("Authorization", "planted-2")], None);
        let row = serde_json::to_string(&kept).unwrap();
        assert!(!row.contains("planted") && row.contains("page=2"), "{row}");
        let Transport::Http { url, headers } = kept.server("1", "s", &values).transport else {
            panic!("it was an address");
        };
        assert_eq!(url, "https://a.example/mcp?apiKey=planted-1&page=2");
        assert_eq!(headers[0].1.expose(), "Bearer planted-2");
        let (again, _) = Kept::of(kept.clone().shown(), Vec::new(), Some(&kept));
        assert_eq!(again, kept, "the header stays though the page does not know it");
    }

    #[test]
    fn what_nobody_has_given_is_named_by_the_server() {
        let (kept, values) = Kept::of(stdio(&[]), vec![secret("A_KEY", "")], None);
        assert_eq!(kept.server("1", "s", &values).transport.missing(), ["A_KEY"]);
    }
}
