//! Routes, shares of keys, and what was learned of gateways, from the terminal.

use nexdesk_tests::Replay;

use crate::nexd::Nexd;

#[test]
fn a_route_is_laid_looked_at_followed_and_taken_away() {
    let nexd = Nexd::new();
    let lay = [
        "routes",
        "add",
        "fast",
        "--to",
        "sandbox/sandbox-fast",
        "--to",
        "sandbox/sandbox-chat",
        "--by",
        "weighted",
        "--weights",
        "3,1",
    ];
    let laid = nexd.run(&lay).good();
    let row = laid.row("fast");
    assert!(row.join(" ").contains("sandbox/sandbox-fast (3)"), "{laid:#?}");

    let looked = nexd.run(&["routes", "preview", "fast"]).good();
    assert_eq!(looked.row("sandbox-fast")[0], "Sandbox");
    assert!(
        looked.out.contains("The route “fast” leads there."),
        "{looked:#?}"
    );

    nexd.run(&["ask", "-m", "fast", "hello"]).good();
    assert!(nexd.run(&["usage"]).good().out.contains("sandbox-fast"));

    let told = nexd.run(&["routes", "list", "--json"]).good().json();
    let (route, to) = (&told[0][0]["route"], &told[0][0]["to"]);
    assert_eq!(
        (&route["pattern"], &route["strategy"]),
        (&"fast".into(), &"weighted".into())
    );
    assert_eq!(to[1], "sandbox/sandbox-chat");

    nexd.run(&lay).refused(65);
    nexd.run(&["routes", "remove", "fast"]).good();
    nexd.run(&["routes", "remove", "fast"]).refused(66);
    nexd.run(&["routes", "preview", "fast"]).refused(66);
    nexd.run(&["ask", "-m", "fast", "hello"]).refused(66);
}

#[test]
fn a_key_is_given_a_share_and_switched_off_and_on() {
    let nexd = Nexd::new();
    let gateway = Replay::of("HTTP/1.1 200 OK", b"{}");
    nexd.run(&["gateways", "add", "mine", "--url", &gateway.url()])
        .good();
    nexd.run_with("sk-1234567890abcd\n", &["keys", "add", "mine", "--name", "main"])
        .good();
    let set = |more: &[&str]| {
        let said = [&["keys", "set", "mine", "--name", "main"], more].concat();
        nexd.run(&said).good().row("main")[3..5].to_vec()
    };
    assert_eq!(set(&["--weight", "7"]), ["healthy", "7"]);
    assert_eq!(set(&["--off"]), ["off", "7"]);
    assert_eq!(set(&["--on", "--when-left", "read-on"]), ["healthy", "7"]);
    let told = nexd.run(&["keys", "list", "--json"]).good().json();
    assert_eq!(told[0][0]["key"]["readsOn"], true);
    let none = nexd.run(&["keys", "set", "mine", "--name", "main", "--weight", "0"]);
    assert_eq!(none.code, Some(2));
}

#[test]
fn what_was_learned_is_listed_and_forgotten() {
    let refusal = br#"{"error":{"message":"stream_options is not supported"}}"#;
    let gateway = Replay::of(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json",
        refusal,
    );
    let nexd = Nexd::new();
    nexd.run(&["gateways", "add", "strict", "--url", &gateway.url()])
        .good();
    nexd.run_with("sk-1234567890abcd\n", &["keys", "add", "strict"])
        .good();
    nexd.run(&["compat", "list"]).good();
    nexd.run(&["ask", "-m", "strict/m", "hello"]).refused(65);
    let learned = nexd.run(&["compat", "list"]).good();
    assert_eq!(
        learned.row("stream_options")[..3],
        ["strict", "m", "stream_options"]
    );
    nexd.run(&["compat", "forget", "strict", "m", "stream_options"])
        .good();
    nexd.run(&["compat", "forget", "strict", "m", "stream_options"])
        .refused(66);
}
