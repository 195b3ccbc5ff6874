//! The passphrase-encrypted file, where there is no keychain.

use std::fs;
use std::path::Path;

use nexdesk_vault::{Place, Secret, Vault, VaultError};

/// 2026-11-21 11:45:00 UTC.
const NOW: i64 = 1_795_261_500;

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}

fn open(dir: &Path, passphrase: Option<&str>) -> Vault {
    Vault::open_without_keychain(dir, passphrase.map(secret), NOW)
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn keys_in_the_file_survive_and_are_nowhere_in_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let vault = open(dir.path(), Some("correct horse"));
    assert_eq!(vault.standing().place, Place::File);
    assert!(names(dir.path()).is_empty(), "no file before the first key");
    vault.put("work-key", &secret("sk-planted-4242")).unwrap();
    vault.put("home-key", &secret("sk-plänted-2121")).unwrap();

    let bytes = fs::read(dir.path().join("vault.age")).unwrap();
    for planted in ["sk-planted", "sk-pl", "work-key", "correct horse"] {
        assert!(
            !bytes
                .windows(planted.len())
                .any(|window| window == planted.as_bytes()),
            "{planted}"
        );
    }
    assert_eq!(names(dir.path()), ["vault.age"], "no temporary file is left");

    let again = open(dir.path(), Some("correct horse"));
    assert_eq!(again.standing().place, Place::File);
    assert_eq!(again.reveal("home-key").unwrap().expose(), "sk-plänted-2121");
    again.remove("work-key").unwrap();

    let last = open(dir.path(), Some("correct horse"));
    assert_eq!(last.reveal("home-key").unwrap().expose(), "sk-plänted-2121");
    assert!(matches!(last.reveal("work-key"), Err(VaultError::NotFound)));
}

#[test]
#[cfg(unix)]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().unwrap();
    let left_by_a_crash = dir.path().join("vault.age.new");
    fs::write(&left_by_a_crash, "half a file").unwrap();
    fs::set_permissions(&left_by_a_crash, fs::Permissions::from_mode(0o666)).unwrap();

    open(dir.path(), Some("correct horse"))
        .put("key", &secret("sk-planted-4242"))
        .unwrap();

    let mode = fs::metadata(dir.path().join("vault.age"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(names(dir.path()), ["vault.age"]);
}

#[test]
fn a_locked_file_opens_with_its_passphrase_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path(), Some("correct horse"))
        .put("key", &secret("sk-planted-4242"))
        .unwrap();
    let before = fs::read(dir.path().join("vault.age")).unwrap();

    let vault = open(dir.path(), Some("wrong horse"));
    assert_eq!(vault.standing().place, Place::Locked);
    assert!(
        vault
            .standing()
            .sentence
            .unwrap()
            .contains("passphrase does not open")
    );

    let vault = open(dir.path(), None);
    assert_eq!(vault.standing().place, Place::Locked);
    assert!(matches!(vault.reveal("key"), Err(VaultError::Locked)));
    assert!(matches!(
        vault.put("key", &secret("other")),
        Err(VaultError::Locked)
    ));
    assert!(matches!(vault.remove("key"), Err(VaultError::Locked)));
    assert!(matches!(
        vault.create_file(secret("mine")),
        Err(VaultError::Refused(_))
    ));
    assert!(matches!(
        vault.unlock(secret("wrong horse")),
        Err(VaultError::WrongPassphrase)
    ));
    assert_eq!(
        fs::read(dir.path().join("vault.age")).unwrap(),
        before,
        "no try changes the file"
    );

    vault.unlock(secret("correct horse")).unwrap();
    assert_eq!(vault.standing().place, Place::File);
    assert_eq!(vault.standing().sentence, None);
    assert_eq!(vault.reveal("key").unwrap().expose(), "sk-planted-4242");
}

#[test]
fn without_keychain_or_file_there_is_one_sentence_and_a_file_can_be_made() {
    let dir = tempfile::tempdir().unwrap();
    let vault = open(dir.path(), None);
    let standing = vault.standing();
    assert_eq!(standing.place, Place::Missing);
    let sentence = standing.sentence.unwrap();
    assert!(sentence.contains("file locked with a passphrase"), "{sentence}");
    assert!(matches!(vault.put("key", &secret("k")), Err(VaultError::Missing(said)) if said == sentence));
    assert!(matches!(
        vault.create_file(secret("")),
        Err(VaultError::Refused(_))
    ));

    vault.create_file(secret("correct horse")).unwrap();

    assert_eq!(vault.standing().place, Place::File);
    vault.put("key", &secret("sk-planted-4242")).unwrap();
    assert!(matches!(
        vault.create_file(secret("again")),
        Err(VaultError::Refused(_))
    ));
    assert_eq!(
        open(dir.path(), None).standing().place,
        Place::Locked,
        "from now on the file is what counts"
    );
}

#[test]
fn a_file_that_is_no_key_file_is_kept_aside_and_said() {
    for passphrase in [None, Some("correct horse")] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("vault.age"), "this was once a key file").unwrap();

        let vault = open(dir.path(), passphrase);

        assert_eq!(
            vault.standing().place,
            if passphrase.is_some() {
                Place::File
            } else {
                Place::Missing
            }
        );
        let kept = "vault.corrupt-20261121-114500.age";
        assert!(vault.standing().sentence.unwrap().contains(kept));
        assert_eq!(names(dir.path()), [kept]);
        assert_eq!(
            fs::read(dir.path().join(kept)).unwrap(),
            b"this was once a key file"
        );
    }
}

#[test]
fn a_file_damaged_past_its_header_is_kept_aside_when_it_is_unlocked() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("vault.age");
    open(dir.path(), Some("correct horse"))
        .put("key", &secret("sk-planted-4242"))
        .unwrap();
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, &bytes).unwrap();

    let vault = open(dir.path(), None);
    assert_eq!(
        vault.standing().place,
        Place::Locked,
        "it cannot be told without the passphrase"
    );
    let refused = vault.unlock(secret("correct horse")).unwrap_err();

    assert!(
        matches!(&refused, VaultError::Refused(said) if said.contains("vault.corrupt-20261121-114500.age")),
        "{refused}"
    );
    assert_eq!(vault.standing().place, Place::Missing);
    assert_eq!(
        fs::read(dir.path().join("vault.corrupt-20261121-114500.age")).unwrap(),
        bytes
    );
    vault.create_file(secret("a new one")).unwrap();
    vault.put("key", &secret("sk-planted-4242")).unwrap();
}

#[test]
fn a_key_that_could_not_be_written_is_not_pretended_to_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    fs::create_dir(&data).unwrap();
    let vault = open(&data, Some("correct horse"));
    fs::remove_dir(&data).unwrap();

    assert!(matches!(
        vault.put("key", &secret("sk-planted-4242")),
        Err(VaultError::Storage(_))
    ));

    assert!(matches!(vault.reveal("key"), Err(VaultError::NotFound)));
}
