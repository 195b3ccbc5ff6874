//! Requests that two programs may read differently, which is how one is smuggled past the other; and what is no request.

use nexdesk_tests::World;

use super::{CHAT, Caller};

/// Headers of a POST that must not be believed, with the status they get.
const HEADERS: [(&str, u16); 24] = [
    ("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", 400),
    ("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", 400),
    ("Content-Length: 3\r\nContent-Length: 4\r\n", 400),
    ("Content-Length: 3, 3\r\n", 400),
    ("Content-Length: +7\r\n", 400),
    ("Content-Length: -1\r\n", 400),
    ("Content-Length: 0x3\r\n", 400),
    ("Content-Length: 3 4\r\n", 400),
    ("Content-Length:\r\n", 400),
    ("Content-Length: 99999999999999999999\r\n", 400),
    ("Content-Length : 3\r\n", 400),
    ("Transfer-Encoding : chunked\r\n", 400),
    ("Transfer-Encoding: chunked, identity\r\n", 400),
    ("Transfer-Encoding: identity\r\n", 400),
    ("Transfer-Encoding: xchunked\r\n", 400),
    ("Transfer-Encoding: \"chunked\"\r\n", 400),
    (
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        400,
    ),
    ("Transfer-Encoding: gzip, chunked\r\n", 501),
    ("X-Folded: one\r\n two\r\n", 400),
    ("X-Bare: one\rTransfer-Encoding: chunked\r\n", 400),
    ("X-Line: one\nTransfer-Encoding: chunked\r\n", 400),
    ("X-Nothing: a\0b\r\n", 400),
    (": nameless\r\n", 400),
    ("no colon\r\n", 400),
];

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused_and_what_follows_it_is_not_read() {
    let world = World::new().await;
    let caller = Caller::at(&world).await;
    for (headers, status) in HEADERS {
        let mut caller = caller.again().await;
        let said = caller.head(&format!("POST {CHAT}"), headers) + "0\r\n\r\n" + &caller.list();
        caller.says(said).await;
        let heard = caller.hears_out().await;
        assert!(
            heard.starts_with(&format!("HTTP/1.1 {status} ")),
            "{headers:?}: {heard}"
        );
        assert_eq!(heard.matches("HTTP/1.1").count(), 1, "{headers:?}: {heard}");
        assert!(heard.contains("\r\nconnection: close\r\n"), "{headers:?}");
        assert!(heard.contains("\"code\":\"not_http\""), "it is told why: {heard}");
    }
    assert!(world.chats_seen().is_empty());
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let world = World::new().await;
    let caller = Caller::at(&world).await;
    let host = format!("Host: {}\r\n\r\n", caller.host);
    let long = format!("GET /{} HTTP/1.1\r\n{host}", "a".repeat(70_000));
    let lines = [
        ("GET /v1/models HTTP/2.0\r\n", "505"),
        ("GET /v1/models HTTP/1.2\r\n", "505"),
        ("GET /v1/models HTTP/0.9\r\n", "505"),
        ("PRI * HTTP/2.0\r\n", "505"),
        ("GET /v1/models\r\n", "400"),
        ("GET  /v1/models HTTP/1.1\r\n", "400"),
        ("GET /v1/models  HTTP/1.1\r\n", "400"),
        ("GET /v1/ models HTTP/1.1\r\n", "400"),
        ("GET\t/v1/models HTTP/1.1\r\n", "400"),
        ("GET /v1/models HTTP/1.1\n", "400"),
        ("G\u{e9}T /v1/models HTTP/1.1\r\n", "400"),
        (" GET /v1/models HTTP/1.1\r\n", "400"),
        ("GET /v1/\u{1}models HTTP/1.1\r\n", "400"),
        ("\u{16}\u{3}\u{1}\u{2}\r\n", "400"),
        ("\n", "400"),
    ];
    for (line, status) in lines {
        let mut caller = caller.again().await;
        caller.says(format!("{line}{host}")).await;
        let heard = caller.hears_out().await;
        assert!(
            heard.starts_with(&format!("HTTP/1.1 {status} ")),
            "{line:?}: {heard}"
        );
    }
    let mut caller = caller.again().await;
    caller.says(long).await;
    assert_eq!(caller.hears().await.status, 414);
}

#[tokio::test]
async fn who_speaks_tls_hears_at_once_that_it_is_not_spoken_here() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    // No line end among it: nothing else would end the waiting for one.
    caller.says([0x16, 3, 1, 0, 200, 1, 0]).await;
    assert_eq!(caller.hears().await.status, 400);
}

#[tokio::test]
async fn the_old_version_has_no_chunks_and_no_other_protocols() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let chunked = caller.chunked().replace("HTTP/1.1", "HTTP/1.0");
    caller.says(chunked + "0\r\n\r\n").await;
    assert_eq!(caller.hears().await.status, 400);
}

#[tokio::test]
async fn one_length_said_twice_is_one_length() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let said = caller.head("GET /v1/models", "Content-Length: 2\r\nContent-Length: 2\r\n") + "{}";
    caller.says(said).await;
    assert_eq!(caller.hears().await.status, 200);
    caller.is_still_served().await;
}

#[tokio::test]
async fn other_forms_of_an_address_are_read_for_what_they_are() {
    let world = World::new().await;
    let mut caller = Caller::at(&world).await;
    let absolute = format!("GET http://{}/v1/models", caller.host);
    for (line, status) in [
        (absolute.as_str(), 200),
        ("OPTIONS *", 404),
        ("GET *", 404),
        ("CONNECT example.com:443", 403),
    ] {
        caller.says(caller.head(line, "")).await;
        assert_eq!(caller.hears().await.status, status, "{line}");
    }
}
