//! What the vault promises, with a real encrypted file and a real keychain.

#[cfg(test)]
mod file;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod keychain;
#[cfg(test)]
mod secret;
