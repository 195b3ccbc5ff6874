//! Keys: in by standard input, never out again.

use nexdesk_sandbox::{Sandbox, Settings};

use crate::nexd::{Nexd, PASSPHRASE};

const KEY: &str = "sk-test-0123456789abcdefWXYZ";

/// A gateway that wants `KEY`, added under the name `mine`.
fn guarded(nexd: &Nexd) -> Sandbox {
    let settings = Settings {
        keys: Some(vec![KEY.into()]),
        ..Settings::for_tests()
    };
    let sandbox = Sandbox::start(settings).unwrap();
    nexd.run(&["gateways", "add", "mine", "--url", &sandbox.url()])
        .good();
    sandbox
}

#[test]
fn a_key_is_read_from_standard_input_and_only_its_last_four_characters_come_out() {
    let nexd = Nexd::new();
    let _sandbox = guarded(&nexd);
    let added = nexd
        .run_with(
            &format!("{KEY}\nand more\n"),
            &["keys", "add", "mine", "--name", "main"],
        )
        .good();
    assert!(
        added.out.contains("…WXYZ") && added.out.contains("21 models"),
        "{added:#?}"
    );
    let listed = nexd.run(&["keys", "list"]).good();
    assert_eq!(listed.row("main")[..4], ["mine", "main", "…WXYZ", "healthy"]);
    let checked = nexd.run(&["keys", "check", "mine", "--name", "main"]).good();
    let asked = nexd.run(&["ask", "-m", "mine/sandbox-fast", "hello"]).good();
    let told = nexd.run(&["keys", "list", "--json"]).good();
    for ran in [&added, &listed, &checked, &asked, &told] {
        assert!(
            !ran.out.contains("cdefWXYZ") && !ran.err.contains("cdefWXYZ"),
            "{ran:#?}"
        );
    }
    assert!(
        asked.err.contains("≈$") || asked.err.contains("· $"),
        "priced: {asked:#?}"
    );
    nexd.run(&["keys", "remove", "mine", "--name", "main"]).good();
    nexd.run(&["keys", "remove", "mine", "--name", "main"])
        .refused(66);
    nexd.run(&["ask", "-m", "mine/sandbox-fast", "hello"]).refused(77);
}

#[test]
fn without_a_key_on_standard_input_nothing_is_stored() {
    let nexd = Nexd::new();
    let _sandbox = guarded(&nexd);
    for input in ["", "\n", "two words\n"] {
        nexd.run_with(input, &["keys", "add", "mine", "--name", "main"])
            .refused(65);
    }
    nexd.run_with(KEY, &["keys", "add", "nobody", "--name", "main"])
        .refused(66);
    let listed = nexd.run(&["keys", "list"]).good();
    assert!(
        listed.out.is_empty() && listed.err.contains("nexd keys add"),
        "{listed:#?}"
    );
}

#[test]
fn a_key_that_the_gateway_refuses_is_stored_and_said_to_be_refused() {
    let nexd = Nexd::new();
    let _sandbox = guarded(&nexd);
    let added = nexd
        .run_with(
            "sk-something-else-1234",
            &["keys", "add", "mine", "--name", "old"],
        )
        .good();
    assert!(added.err.contains("nexd: "), "{added:#?}");
    let checked = nexd.run(&["keys", "check", "mine"]);
    assert_eq!(checked.code, Some(77), "{checked:#?}");
    assert_eq!(nexd.run(&["keys", "list"]).good().row("old")[3], "refused");
    nexd.run(&["ask", "-m", "mine/sandbox-fast", "hello"]).refused(77);
}

#[test]
fn the_wrong_passphrase_opens_nothing_and_loses_nothing() {
    let nexd = Nexd::new();
    let _sandbox = guarded(&nexd);
    nexd.run_with(KEY, &["keys", "add", "mine", "--name", "main"])
        .good();
    let before = std::fs::read(nexd.data_dir().join("vault.age")).unwrap();
    let nexd = nexd.with_passphrase(Some("wrong horse battery staple"));
    let ask = ["ask", "-m", "mine/sandbox-fast", "hello"];
    let asked = nexd.run(&ask).refused(77);
    assert!(asked.err.contains("passphrase"), "{asked:#?}");
    nexd.run_with(
        "sk-another-key-9999",
        &["keys", "add", "mine", "--name", "second"],
    )
    .refused(77);
    nexd.run(&["serve", "--port", "0"]).refused(77);
    nexd.run(&["models"]).good();
    let nexd = nexd.with_passphrase(None);
    let asked = nexd.run(&ask).refused(77);
    assert!(asked.err.contains("locked"), "{asked:#?}");
    assert_eq!(
        std::fs::read(nexd.data_dir().join("vault.age")).unwrap(),
        before,
        "the key file is as it was"
    );
    let nexd = nexd.with_passphrase(Some(PASSPHRASE));
    nexd.run(&ask).good();
}

#[test]
fn without_a_keychain_and_a_passphrase_there_is_no_place_for_a_key_and_that_is_said() {
    let nexd = Nexd::new().with_passphrase(None);
    let _sandbox = guarded(&nexd);
    let added = nexd
        .run_with(KEY, &["keys", "add", "mine", "--name", "main"])
        .refused(69);
    assert!(added.err.contains("NEXDESK_PASSPHRASE"), "{added:#?}");
    assert!(nexd.run(&["keys", "list"]).good().out.is_empty());
    nexd.run(&["ask", "the sandbox needs none"]).good();
}
