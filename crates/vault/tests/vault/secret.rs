//! A secret does not show itself.

use nexdesk_vault::{Secret, Vault, VaultError};

#[test]
fn debug_shows_no_secret() {
    let secret = Secret::new("sk-planted-4242".into());
    let vault = Vault::in_memory();
    vault.put("key", &secret).unwrap();

    assert_eq!(format!("{secret:?}"), "••••");
    assert!(!format!("{:#?}", Some(&secret)).contains("planted"));
    assert!(!format!("{vault:?} {:?}", vault.standing()).contains("planted"));
}

#[test]
fn the_last_four_characters_are_shown_of_long_keys_only() {
    for (key, shown) in [
        ("sk-planted-ñ42é", "ñ42é"),
        ("12345678", "5678"),
        ("1234567", ""),
        ("", ""),
    ] {
        assert_eq!(Secret::new(key.into()).last_four(), shown);
    }
}

#[test]
fn a_vault_in_memory_keeps_replaces_and_removes() {
    let vault = Vault::in_memory();
    assert!(matches!(vault.reveal("key"), Err(VaultError::NotFound)));
    vault.put("key", &Secret::new("first".into())).unwrap();
    vault.put("key", &Secret::new("second".into())).unwrap();
    assert_eq!(vault.clone().reveal("key").unwrap().expose(), "second");
    vault.remove("key").unwrap();
    vault.remove("key").unwrap();
    assert!(matches!(vault.reveal("key"), Err(VaultError::NotFound)));
}
