//! Gateways: what people type as their address, and what answers there.

use std::io::{Read, Write};
use std::net::TcpListener;

use nexdesk_sandbox::{Sandbox, Settings};

use crate::nexd::Nexd;

/// A web server that is no gateway; it lives as long as the test run.
fn web_site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for visitor in listener.incoming() {
            let mut visitor = visitor.unwrap();
            let _ = visitor.read(&mut [0; 8192]);
            let page = "<!doctype html><html><title>Welcome</title><p>Sign in</html>";
            let _ = write!(
                visitor,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    url
}

#[test]
fn an_address_typed_with_an_endpoint_at_its_end_is_cut() {
    let nexd = Nexd::new();
    let sandbox = Sandbox::start(Settings::for_tests()).unwrap();
    let typed = format!("{}/chat/completions", sandbox.url());
    let added = nexd
        .run(&[
            "gateways",
            "add",
            "Local",
            "--preset",
            "lm-studio",
            "--url",
            &typed,
        ])
        .good();
    assert!(
        added
            .out
            .contains(&format!("at {}, with 21 models", sandbox.url())),
        "{added:#?}"
    );
    let listed = nexd.run(&["gateways", "list"]).good();
    assert_eq!(listed.row("Local")[1..5], ["ready", "21", "—", &sandbox.url()]);
    nexd.run(&["ask", "-m", "local/sandbox-fast", "hello"]).good();
    assert!(
        sandbox
            .requests()
            .iter()
            .any(|seen| seen.path == "/v1/chat/completions"),
        "asked at the right place"
    );
}

#[test]
fn an_address_that_is_none_is_refused_with_a_sentence() {
    let nexd = Nexd::new();
    for (typed, said) in [
        ("ht!tp:// nonsense", "address"),
        ("ftp://example.com", "ftp://"),
        ("https://me:secret@example.com/v1", "password"),
    ] {
        let added = nexd.run(&["gateways", "add", "x", "--url", typed]).refused(65);
        assert!(added.err.contains(said), "{added:#?}");
    }
    let added = nexd.run(&["gateways", "add", "x"]).refused(65);
    assert!(
        added.err.contains("base URL"),
        "an unknown one without an address: {added:#?}"
    );
    let added = nexd
        .run(&["gateways", "add", "x", "--preset", "nonsense"])
        .refused(65);
    assert!(
        added.err.contains("openrouter"),
        "names what there is: {added:#?}"
    );
    assert_eq!(
        nexd.run(&["gateways", "list"]).good().out.lines().count(),
        2,
        "the sandbox alone"
    );
}

#[test]
fn a_known_gateway_needs_no_more_than_its_name() {
    let nexd = Nexd::new();
    let added = nexd.run(&["gateways", "add", "DeepSeek"]).good();
    assert!(
        added.out.contains("https://api.deepseek.com/v1") && added.out.contains("nexd keys add"),
        "{added:#?}"
    );
    nexd.run(&["gateways", "add", "deepseek"]).refused(65);
    let asked = nexd
        .run(&["ask", "-m", "deepseek/deepseek-chat", "hello"])
        .refused(77);
    assert!(asked.err.contains("no key yet"), "{asked:#?}");
    nexd.run(&["gateways", "remove", "deepseek"]).good();
    nexd.run(&["gateways", "remove", "deepseek"]).refused(66);
}

#[test]
fn a_web_page_where_a_gateway_should_be_is_called_that() {
    let nexd = Nexd::new();
    let added = nexd
        .run(&[
            "gateways",
            "add",
            "Site",
            "--preset",
            "ollama",
            "--url",
            &web_site(),
        ])
        .good();
    assert!(
        added.err.contains("nexd: ") && added.err.contains("base URL"),
        "{added:#?}"
    );
    let checked = nexd.run(&["keys", "check", "Site"]);
    assert_eq!(checked.code, Some(1), "{checked:#?}");
    assert!(checked.out.contains("web page"), "{checked:#?}");
    nexd.run(&["ask", "-m", "site/anything", "hello"]).refused(1);
}

#[test]
fn a_gateway_that_nobody_answers_at_is_kept_and_said_to_be_unreachable() {
    let nexd = Nexd::new();
    // Bound and let go again, so that nobody is there.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}/v1");
    let added = nexd
        .run(&["gateways", "add", "Far", "--preset", "ollama", "--url", &url])
        .good();
    assert!(added.err.contains("Check the network"), "{added:#?}");
    assert_eq!(nexd.run(&["gateways", "list"]).good().row("Far")[1], "failing");
    assert_eq!(nexd.run(&["keys", "check", "Far"]).code, Some(69));
    nexd.run(&["ask", "-m", "far/anything", "hello"]).refused(69);
}
