//! Strikes the secrets of one server out of what it says: errors, what it writes to stderr, what its tools answer.
//! A tool that prints its environment would otherwise send a key to whichever gateway answers the chat.

use nexdesk_vault::Secret;
use url::Url;

use crate::Transport;

const STRUCK: &str = "••••";

/// The secrets of one server, longest first: a shorter one may be part of a longer one.
#[derive(Clone, Debug)]
pub(crate) struct Veil(Vec<Secret>);

impl Veil {
    pub(crate) fn over(transport: &Transport) -> Veil {
        let mut secrets = Vec::new();
        match transport {
            Transport::Stdio { args, env, .. } => {
                let given = env.iter().filter(|(name, value)| is_secret(name, value.expose()));
                given.for_each(|(_, value)| add(&mut secrets, value.expose()));
                in_args(args, &mut secrets);
            }
            Transport::Http { url, headers } => {
                headers
                    .iter()
                    .for_each(|(_, value)| add(&mut secrets, value.expose()));
                in_address(url, &mut secrets);
            }
        }
        secrets.sort_by_key(|secret: &Secret| std::cmp::Reverse(secret.expose().len()));
        Veil(secrets)
    }

    /// The text with every secret struck out.
    pub(crate) fn on(&self, text: &str) -> String {
        let strike = |text: String, secret: &Secret| text.replace(secret.expose(), STRUCK);
        self.0.iter().fold(text.to_owned(), strike)
    }

    /// How much more than it shows a window on a stream must keep: where it was cut, half a secret may stand.
    pub(crate) fn margin(&self) -> usize {
        self.0.first().map_or(0, |longest| longest.expose().len())
    }
}

/// A value and, behind a word such as `Bearer`, the key itself: servers repeat either.
fn add(secrets: &mut Vec<Secret>, value: &str) {
    let parts = std::iter::once(value).chain(value.split_once(' ').map(|(_, key)| key.trim()));
    let telling = parts.filter(|part| part.len() >= 4);
    secrets.extend(telling.map(|part| Secret::new(part.to_owned())));
}

/// The environment holds folders and switches too, and a tool that may not name its folder is of no use.
fn is_secret(name: &str, value: &str) -> bool {
    tells(name) || (value.len() >= 8 && !is_path(value) && !is_word(value))
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "key", "token", "secret", "pass", "auth", "cred", "cookie", "header",
    ];
    words.iter().any(|word| name.contains(word))
}

fn is_path(value: &str) -> bool {
    let drive = value.get(1..3).is_some_and(|rest| rest == ":\\" || rest == ":/");
    drive || value.starts_with(['/', '~', '.'])
}

fn is_word(value: &str) -> bool {
    value
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || "-._/".contains(letter))
}

fn in_args(args: &[String], secrets: &mut Vec<Secret>) {
    let mut awaited = false;
    for arg in args {
        let flag = arg.starts_with('-');
        match arg.split_once('=') {
            Some((name, value)) if flag && tells(name) => add(secrets, value),
            _ if awaited && !flag => {
                // `--header "X-Api-Key: …"`
                add(
                    secrets,
                    arg.split_once(':').map_or(arg, |(_, value)| value.trim()),
                );
            }
            _ => in_address(arg, secrets),
        }
        awaited = flag && tells(arg) && !arg.contains('=');
    }
}

/// Some services take the key in the address: before the `@`, as a long piece of the path, behind the question mark.
fn in_address(text: &str, secrets: &mut Vec<Secret>) {
    let Some(url) = text.contains("://").then(|| Url::parse(text).ok()).flatten() else {
        return;
    };
    url.password().into_iter().for_each(|value| add(secrets, value));
    for (name, value) in url.query_pairs() {
        if is_secret(&name, &value) {
            add(secrets, &value);
        }
    }
    // As it stands in the address too: libraries print it so.
    let raw = url.query().into_iter().flat_map(|query| query.split('&'));
    for (name, value) in raw.filter_map(|pair| pair.split_once('=')) {
        if is_secret(name, value) {
            add(secrets, value);
        }
    }
    let pieces = url.path_segments().into_iter().flatten();
    pieces
        .filter(|piece| piece.len() >= 20)
        .for_each(|piece| add(secrets, piece));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn veil(env: &[(&str, &str)], args: &[&str]) -> Veil {
        let env = env
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Secret::new((*value).to_owned())));
        let args = args.iter().map(|arg| (*arg).to_owned());
        Veil::over(&Transport::Stdio {
            command: "x".to_owned(),
            args: args.collect(),
            env: env.collect(),
        })
    }

    #[test]
    fn folders_switches_and_words_stay_readable() {
        let env = [
            ("ALLOWED", "/home/me/notes"),
            ("LEVEL", "debug"),
            ("MODE", "production"),
            ("DEBUG", "1"),
        ];
        let said = "production: reading /home/me/notes at debug 1";
        assert_eq!(veil(&env, &["--port", "3000", "/home/me/notes"]).on(said), said);
    }

    #[test]
    fn keys_are_struck_out_wherever_they_were_given() {
        let env = [
            ("API_KEY", "abcd"),
            ("DB", "postgres-9f3K-x"),
            ("AUTH", "Bearer tok-77"),
        ];
        let args = [
            "--header",
            "X-Api-Key: hdr-1234",
            "--password=pw-5678",
            "postgresql://me:db-pass@host/db",
        ];
        let said = "abcd postgres-9f3K-x tok-77 hdr-1234 pw-5678 db-pass";
        assert_eq!(veil(&env, &args).on(said), "•••• •••• •••• •••• •••• ••••");
    }

    #[test]
    fn a_key_that_is_part_of_another_leaves_nothing_of_it() {
        let env = [("A_KEY", "abcdef"), ("B_KEY", "abcdefghij")];
        assert_eq!(veil(&env, &[]).on("abcdefghij abcdef"), "•••• ••••");
    }
}
