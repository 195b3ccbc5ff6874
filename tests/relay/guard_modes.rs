//! The door as its person may set it: other names, web pages by name, the network, a file. And what no setting opens.

use std::time::Duration;

use http::Method;
use nexdesk_app::Access;
use nexdesk_app::settings::Settings;
use nexdesk_tests::{Cursor, Heard, Replay, Setup, World, question, soon};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

const CHAT: &str = "/v1/chat/completions";
const PAGE: &str = "https://notes.example";

async fn with(access: Access) -> World {
    Setup::default().access(access).open().await
}

fn port(world: &World) -> String {
    world.relay().rsplit(':').next().unwrap().to_owned()
}

async fn token(world: &World) -> String {
    world.app().create_token("Raw").await.unwrap().secret
}

/// Says exactly this, and listens until the other side hangs up.
async fn raw(mut socket: impl AsyncRead + AsyncWrite + Unpin, said: &str) -> String {
    let _ = socket.write_all(said.as_bytes()).await;
    let mut heard = Vec::new();
    let _ = socket.read_to_end(&mut heard).await;
    String::from_utf8_lossy(&heard).into_owned()
}

async fn knock(world: &World) -> TcpStream {
    TcpStream::connect(format!("127.0.0.1:{}", port(world)))
        .await
        .unwrap()
}

fn status(heard: &str) -> &str {
    heard.split(' ').nth(1).unwrap_or_default()
}

fn list(host: &str, token: &str, more: &str) -> String {
    format!(
        "GET /v1/models HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}Connection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn a_page_that_was_named_may_ask_and_read_and_no_other_may() {
    let access = Access {
        origins: vec!["https://Notes.example/".into()],
        ..Access::default()
    };
    let world = with(access).await;
    let cursor = world.cursor().await;
    let asks = |origin: &str| cursor.bare(Method::OPTIONS, CHAT).header("origin", origin);
    let preflight = asks(PAGE)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization, X-Stainless-Lang, x-evil-host, cookie",
        )
        .header("access-control-request-private-network", "true");
    let preflight = Heard::of(preflight).await;
    assert_eq!(preflight.status, 204, "before it has a token");
    assert_eq!(preflight.header("access-control-allow-origin"), PAGE);
    assert_eq!(
        preflight.header("access-control-allow-methods"),
        "GET, POST, PUT, PATCH, DELETE"
    );
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        "authorization, x-stainless-lang"
    );
    assert_eq!(preflight.header("access-control-allow-private-network"), "true");
    assert_eq!(preflight.header("access-control-allow-credentials"), "");

    let body = question("sandbox-chat", "Hello", true).to_string();
    let answered = Heard::of(
        cursor
            .request(Method::POST, CHAT)
            .header("origin", PAGE)
            .body(body),
    )
    .await;
    assert_eq!(
        (answered.status, answered.header("access-control-allow-origin")),
        (200, PAGE)
    );
    assert!(
        answered
            .header("access-control-expose-headers")
            .contains("x-nexdesk-request-id")
    );
    assert_eq!(answered.header("vary"), "origin");
    let stranger = Heard::of(cursor.bare(Method::POST, CHAT).header("origin", PAGE)).await;
    assert_eq!(
        (stranger.status, stranger.header("access-control-allow-origin")),
        (401, PAGE),
        "a token is still needed, and the page may read why"
    );
    for other in [
        "https://evil.example",
        "https://notes.example.evil.example",
        "http://notes.example",
        "null",
        "*",
    ] {
        let refused = Heard::of(asks(other).header("access-control-request-method", "POST")).await;
        assert_eq!(
            (refused.status, refused.error_code().as_deref()),
            (403, Some("foreign_origin")),
            "{other}"
        );
        assert_eq!(refused.header("access-control-allow-origin"), "", "{other}");
    }
}

#[tokio::test]
async fn what_is_no_origin_and_no_name_is_not_taken_for_one() {
    let settings = |origin: &str, host: &str| Settings {
        allowed_origins: vec![origin.into()],
        hosts: vec![host.into()],
        ..Settings::default()
    };
    for odd in [
        "*",
        "null",
        "",
        "https://",
        "example.com",
        "https://a.example/path",
        "https://a.example b",
    ] {
        assert!(settings(odd, "a.example").access().is_err(), "{odd}");
    }
    for odd in ["*", "", "a b", "https://a.example", "a.example/x"] {
        assert!(settings(PAGE, odd).access().is_err(), "{odd}");
    }
    for origin in [
        "app://obsidian.md",
        "chrome-extension://abcdef",
        "http://localhost:3000",
        "https://[::1]:8443",
    ] {
        assert!(settings(origin, "relay.example").access().is_ok(), "{origin}");
    }
}

#[tokio::test]
async fn a_host_is_taken_to_the_letter_and_only_one() {
    let access = Access {
        hosts: vec!["relay.example".into(), "other.example:8443".into()],
        ..Access::default()
    };
    let world = with(access).await;
    let (port, token) = (port(&world), token(&world).await);
    let known = [
        format!("127.0.0.1:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
        "relay.example".into(),
        format!("relay.example:{port}"),
        "other.example:8443".into(),
    ];
    for host in known {
        assert_eq!(
            status(&raw(knock(&world).await, &list(&host, &token, "")).await),
            "200",
            "{host}"
        );
    }
    let foreign = [
        "127.0.0.1".to_owned(),
        "localhost".into(),
        "other.example".into(),
        format!("other.example:{port}"),
        format!("relay.example:{port}:{port}"),
        format!("relay.example.:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.0.0.1:{port}@evil.example"),
        String::new(),
    ];
    for host in foreign {
        assert_eq!(
            status(&raw(knock(&world).await, &list(&host, &token, "")).await),
            "403",
            "{host}"
        );
    }
    let twice = list(
        &format!("127.0.0.1:{port}"),
        &token,
        &format!("Host: localhost:{port}\r\n"),
    );
    assert!(
        ["400", "403"].contains(&status(&raw(knock(&world).await, &twice).await)),
        "two hosts"
    );
    let absolute =
        list(&format!("127.0.0.1:{port}"), &token, "").replace("GET /", "GET http://evil.example/");
    assert_eq!(
        status(&raw(knock(&world).await, &absolute).await),
        "403",
        "another in the first line"
    );
    let unsaid = format!("GET /v1/models HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n");
    assert_eq!(
        status(&raw(knock(&world).await, &unsaid).await),
        "403",
        "none at all"
    );
}

#[tokio::test]
async fn the_network_comes_in_only_if_it_is_let_in_and_the_status_says_so() {
    let closed = World::new().await;
    let relay = closed.app().status().unwrap().relay;
    assert!(!relay.lan && relay.lan_url.is_none() && relay.note.is_none());

    let access = Access {
        lan: true,
        ..Access::default()
    };
    let world = with(access).await;
    let relay = world.app().status().unwrap().relay;
    assert!(
        relay.lan && relay.note.unwrap().contains("Other computers"),
        "it is not to be overlooked"
    );
    let (port, token) = (port(&world), token(&world).await);
    let evil = list(&format!("evil.example:{port}"), &token, "");
    assert_eq!(
        status(&raw(knock(&world).await, &evil).await),
        "403",
        "a name that points here is still not ours"
    );
    // A computer without any network has only itself to test with.
    let Some(url) = relay.lan_url else { return };
    let lan = url
        .trim_start_matches("http://")
        .trim_end_matches("/v1")
        .to_owned();
    let from_afar = Cursor::new(&format!("http://{lan}"), &token);
    assert_eq!(from_afar.gets("/v1/models").await.status, 200);
    assert_eq!(
        from_afar.with_token("").gets("/v1/models").await.status,
        401,
        "a token is always needed"
    );
    let address = lan.rsplit_once(':').unwrap().0;
    let elsewhere = TcpStream::connect(format!("{address}:{}", self::port(&closed))).await;
    assert!(elsewhere.is_err(), "a closed door is not even there");
    let mistaken = list(&format!("10.255.255.1:{port}"), &token, "");
    assert_eq!(
        status(&raw(knock(&world).await, &mistaken).await),
        "403",
        "an address of another computer"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_is_its_users_alone_and_still_wants_a_token() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("relay.sock");
    // What a killed process left behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let access = Access {
        socket: Some(path.clone()),
        ..Access::default()
    };
    let mut world = with(access.clone()).await;
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(
        world.app().status().unwrap().relay.socket,
        Some(path.display().to_string())
    );
    let token = token(&world).await;
    let reach = async || tokio::net::UnixStream::connect(&path).await.unwrap();
    assert_eq!(
        status(&raw(reach().await, &list("whatever", &token, "")).await),
        "200",
        "no name can be forged here"
    );
    assert_eq!(
        status(&raw(reach().await, &list("whatever", "nxd-none", "")).await),
        "401"
    );
    let page = list("whatever", &token, "Origin: https://evil.example\r\n");
    assert_eq!(status(&raw(reach().await, &page).await), "403");
    world.close();
    assert!(!path.exists(), "it goes with the relay");

    std::fs::write(&path, "a person's file").unwrap();
    let other = with(access).await;
    let relay = other.app().status().unwrap().relay;
    assert!(
        relay.socket.is_none() && relay.note.unwrap().contains("no socket"),
        "and the port works"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a person's file");
}

#[tokio::test]
async fn who_dawdles_over_headers_or_body_is_let_go() {
    let access = Access {
        head_time: Duration::from_millis(150),
        body_silence: Duration::from_millis(150),
        ..Access::default()
    };
    let world = with(access).await;
    let (port, token) = (port(&world), token(&world).await);
    let half = raw(knock(&world).await, "GET /v1/models HTTP/1.1\r\nHost: local").await;
    assert_ne!(
        status(&half),
        "200",
        "it hung up, or said that it took too long: {half}"
    );
    let nothing = raw(knock(&world).await, "").await;
    assert_eq!(nothing, "", "who says nothing hears nothing");

    let head = format!("POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n");
    let body = question("sandbox-chat", "Hello", false).to_string();
    let announced = format!("{head}Content-Length: {}\r\n\r\n{}", body.len() + 5, body);
    assert_eq!(status(&raw(knock(&world).await, &announced).await), "400");
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n",
        body.len()
    );
    assert_eq!(
        status(&raw(knock(&world).await, &chunked).await),
        "400",
        "half a body is not taken for a whole one"
    );
    assert!(world.chats_seen().is_empty(), "and no gateway is asked");
}

#[tokio::test]
async fn heads_are_limited_in_size_and_number() {
    let world = World::new().await;
    let (port, token) = (port(&world), token(&world).await);
    let host = format!("127.0.0.1:{port}");
    let some = |count: usize| {
        (0..count)
            .map(|number| format!("X-Number-{number}: 1\r\n"))
            .collect::<String>()
    };
    // Host, Authorization and Connection are headers too.
    assert_eq!(
        status(&raw(knock(&world).await, &list(&host, &token, &some(125))).await),
        "200"
    );
    assert_eq!(
        status(&raw(knock(&world).await, &list(&host, &token, &some(126))).await),
        "431"
    );
    let huge = format!("X-Huge: {}\r\n", "a".repeat(1024 * 1024));
    let heard = raw(knock(&world).await, &list(&host, &token, &huge)).await;
    assert!(
        ["431", ""].contains(&status(&heard)),
        "refused, or hung up on while it was still being sent: {heard}"
    );
    let both = format!(
        "POST {CHAT} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    );
    assert_ne!(
        status(&raw(knock(&world).await, &both).await),
        "200",
        "a body of two lengths is somebody's trick"
    );
}

#[tokio::test]
async fn a_flood_of_sockets_waits_outside_and_is_served_when_there_is_room() {
    let access = Access {
        connections: 3,
        ..Access::default()
    };
    let world = with(access).await;
    let (port, token) = (port(&world), token(&world).await);
    let mut idle = Vec::new();
    for _ in 0..3 {
        idle.push(knock(&world).await);
    }
    let asked = list(&format!("127.0.0.1:{port}"), &token, "");
    let mut waiting = tokio::spawn(raw(knock(&world).await, &asked.clone().leak()[..]));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "there is no seat");
    drop(idle.pop());
    assert_eq!(status(&waiting.await.unwrap()), "200");
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key_in_hand() {
    let stranger = Replay::of("HTTP/1.1 200 OK", b"{}");
    let location = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/chat/completions",
        stranger.url()
    );
    let gateway = Replay::of(&location, b"");
    let world = World::new().await;
    world
        .add_gateway_with_key("Moved", &gateway.url(), "sk-precious")
        .await;
    let heard = world.cursor().await.asks("moved/m", "Hello").await;
    assert!(
        heard.status >= 400 && heard.header("location").is_empty(),
        "nor does the tool follow it: {heard:?}"
    );
    assert!(stranger.requests().is_empty());
    assert!(
        gateway
            .requests()
            .iter()
            .any(|request| request.head.contains("sk-precious")),
        "the key went where it belongs"
    );
}

#[tokio::test]
async fn nothing_on_the_port_manages_anything() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let before = (
        world.app().list_tokens().unwrap().len(),
        world.app().list_gateways().unwrap().len(),
    );
    let paths = [
        "/",
        "/admin",
        "/api",
        "/api/keys",
        "/api/tokens",
        "/api/status",
        "/tokens",
        "/keys",
        "/gateways",
        "/settings",
        "/config",
        "/key/generate",
        "/user/new",
        "/management",
        "/v0/management/config",
        "/shutdown",
        "/restart",
        "/reload",
        "/debug",
        "/debug/pprof",
        "/health",
        "/status",
        "/metrics",
        "/login",
        "/control",
        "/control.sock",
        "/rpc",
        "/mcp",
        "/ws",
        "/../nexdesk.db",
        "/%2e%2e/nexdesk.db",
        "/.well-known/openid-configuration",
        "/favicon.ico",
    ];
    for path in paths {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let heard = Heard::of(cursor.request(method.clone(), path).body("{}")).await;
            assert_eq!(
                (heard.status, heard.error_code().as_deref()),
                (404, Some("unknown_url")),
                "{method} {path}"
            );
        }
    }
    let after = (
        world.app().list_tokens().unwrap().len(),
        world.app().list_gateways().unwrap().len(),
    );
    assert_eq!(before, after);
}

#[tokio::test]
async fn other_settings_hold_at_once_and_what_streams_comes_to_its_end() {
    let world = Setup::default().pace(Duration::from_millis(20)).open().await;
    let cursor = world.cursor().await;
    let port: u16 = port(&world).parse().unwrap();
    let mut streaming = cursor
        .begins("upstream/sandbox-chat", "Tell me a long story")
        .await;
    streaming.until(3).await;
    // A connection of its own: the door that closes hangs up on those that are idle.
    let page = async || {
        let asked = cursor
            .request(Method::GET, "/v1/models")
            .header("connection", "close");
        Heard::of(asked.header("origin", PAGE)).await.status
    };
    assert_eq!(page().await, 403);

    let settings = Settings {
        relay_port: port,
        allowed_origins: vec![PAGE.into()],
        ..Settings::default()
    };
    world.app().use_settings(&settings).await.unwrap();
    assert!(world.relay().ends_with(&format!(":{port}")), "on the same port");
    assert_eq!(page().await, 200);
    assert!(streaming.rest().await.is_done(), "nobody was cut off");
    let odd = Settings {
        allowed_origins: vec!["*".into()],
        ..settings
    };
    assert!(world.app().use_settings(&odd).await.is_err());
    soon("the door is as it was", async || {
        (page().await == 200).then_some(())
    })
    .await;
}
