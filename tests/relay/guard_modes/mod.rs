//! The door as its person may set it: other names, web pages by name, the network, a file. And what no setting opens.

mod limits;
mod pages;

use http::Method;
use nexdesk_app::Access;
use nexdesk_app::settings::Settings;
use nexdesk_tests::{Cursor, Heard, Replay, Setup, World};
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

async fn named() -> World {
    with(Access {
        hosts: vec!["relay.example".into(), "other.example:8443".into()],
        ..Access::default()
    })
    .await
}

#[tokio::test]
async fn a_host_is_taken_to_the_letter() {
    let world = named().await;
    let (port, token) = (port(&world), token(&world).await);
    let cases = [
        ("127.0.0.1:PORT", "200"),
        ("LOCALHOST:PORT", "200"),
        ("[::1]:PORT", "200"),
        ("relay.example", "200"),
        ("relay.example:PORT", "200"),
        ("other.example:8443", "200"),
        ("127.0.0.1", "403"),
        ("localhost", "403"),
        ("other.example", "403"),
        ("other.example:PORT", "403"),
        ("relay.example:PORT:PORT", "403"),
        ("relay.example.:PORT", "403"),
        ("0.0.0.0:PORT", "403"),
        ("127.0.0.1:PORT@evil.example", "403"),
        ("", "403"),
    ];
    for (host, wanted) in cases {
        let said = list(&host.replace("PORT", &port), &token, "");
        assert_eq!(status(&raw(knock(&world).await, &said).await), wanted, "{host}");
    }
}

#[tokio::test]
async fn there_is_one_host_and_it_stands_in_its_place() {
    let world = named().await;
    let (port, token) = (port(&world), token(&world).await);
    let own = format!("127.0.0.1:{port}");
    let twice = list(&own, &token, &format!("Host: localhost:{port}\r\n"));
    let heard = raw(knock(&world).await, &twice).await;
    assert!(["400", "403"].contains(&status(&heard)), "two of them: {heard}");
    let absolute = list(&own, &token, "").replace("GET /", "GET http://evil.example/");
    let heard = raw(knock(&world).await, &absolute).await;
    assert_eq!(status(&heard), "403", "another in the first line");
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

/// What rivals' relays, and servers in general, can be managed by.
const MANAGING: &str = "/ /admin /api /api/keys /api/tokens /api/status /tokens /keys /gateways /settings /config \
    /key/generate /user/new /management /v0/management/config /shutdown /restart /reload /debug /debug/pprof /health \
    /status /metrics /login /control /control.sock /rpc /mcp /ws /../nexdesk.db /%2e%2e/nexdesk.db \
    /.well-known/openid-configuration /favicon.ico";

#[tokio::test]
async fn nothing_on_the_port_manages_anything() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let count = || {
        let (tokens, gateways) = (world.app().list_tokens(), world.app().list_gateways());
        (tokens.unwrap().len(), gateways.unwrap().len())
    };
    let before = count();
    for path in MANAGING.split_whitespace() {
        for verb in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let method: Method = verb.parse().unwrap();
            let heard = Heard::of(cursor.request(method, path).body("{}")).await;
            let code = heard.error_code();
            assert_eq!(
                (heard.status, code.as_deref()),
                (404, Some("unknown_url")),
                "{verb} {path}"
            );
        }
    }
    assert_eq!(before, count());
}
