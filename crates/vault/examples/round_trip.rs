//! The vault of a directory as a process of its own sees it, for the tests: `round_trip put|get|remove DIR` says where
//! the keys are, does that to one key, and says how it went. Exits with 1 if it did not.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use nexdesk_vault::{Secret, Vault, VaultError};

const NAME: &str = "0192-planted";
const KEY: &str = "sk-plänted-4242";

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, dir] = &arguments[..] else {
        writeln!(io::stderr(), "give put, get or remove, and a directory")?;
        return Ok(ExitCode::from(64));
    };
    let vault = Vault::open(Path::new(dir), None, 0);
    let standing = vault.standing();
    writeln!(
        io::stdout(),
        "{:?}: {}",
        standing.place,
        standing.sentence.unwrap_or_default()
    )?;
    let outcome = match verb.as_str() {
        "put" => vault.put(NAME, &Secret::new(KEY.into())),
        "remove" => vault.remove(NAME),
        _ => vault
            .reveal(NAME)
            .and_then(|secret| match secret.expose() == KEY {
                true => Ok(()),
                false => Err(VaultError::Refused("another key came back".into())),
            }),
    };
    match outcome {
        Ok(()) => writeln!(io::stdout(), "{verb}: done")?,
        Err(cause) => {
            writeln!(io::stdout(), "{verb}: {cause}")?;
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}
