//! Local tokens: shown once, and good until revoked.

use nexdesk_tests::Cursor;

use crate::nexd::Nexd;

#[tokio::test]
async fn a_token_stands_alone_on_standard_output_opens_the_relay_and_is_closed_out_at_once() {
    let nexd = Nexd::new();
    let serving = nexd.serve();
    let made = nexd.run(&["tokens", "add", "cursor"]).good();
    let token = made.out.strip_suffix('\n').unwrap();
    assert!(
        token.starts_with("nxd-") && !token.contains(char::is_whitespace),
        "the token and nothing else: {made:#?}"
    );
    assert!(
        made.err.contains("cursor") && !made.err.contains(token),
        "words go beside it: {made:#?}"
    );
    let cursor = Cursor::new(serving.root(), token);
    let heard = cursor.streams("sandbox-fast", "hello").await;
    assert_eq!((heard.status, heard.is_done()), (200, true));
    assert_eq!(
        cursor.with_token("nxd-guessed").gets("/v1/models").await.status,
        401
    );

    let listed = nexd.run(&["tokens", "list"]).good();
    assert_eq!(listed.row("cursor")[1], format!("…{}", &token[token.len() - 4..]));
    assert!(!listed.out.contains(token), "{listed:#?}");
    assert_eq!(nexd.run(&["usage"]).good().row("sandbox-fast")[2], "cursor");

    nexd.run(&["tokens", "revoke", "cursor"]).good();
    assert_eq!(cursor.gets("/v1/models").await.status, 401);
    nexd.run(&["tokens", "revoke", "cursor"]).refused(66);
}

#[test]
fn two_tools_cannot_have_one_name() {
    let nexd = Nexd::new();
    nexd.run(&["tokens", "add", "cursor"]).good();
    let again = nexd.run(&["tokens", "add", "Cursor"]).refused(65);
    assert!(
        again.out.is_empty() && again.err.contains("already"),
        "{again:#?}"
    );
    let told = nexd.run(&["tokens", "add", "codex", "--json"]).good().json();
    assert_eq!(told[0]["token"]["name"], "codex");
    assert!(told[0]["secret"].as_str().unwrap().starts_with("nxd-"));
    let listed = nexd.run(&["tokens", "list", "--json"]).good().json();
    assert_eq!(listed[0].as_array().map(Vec::len), Some(2));
    assert!(listed[0][0].get("secret").is_none() && listed[0][0].get("hash").is_none());
}
