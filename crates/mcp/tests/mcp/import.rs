//! The JSON of other apps, in each shape they write, and what a person pastes instead.

use nexdesk_mcp::{Imported, NotServers, Reading, Server, Transport, catalogue, read_json};

use crate::support::{secret, trouble};

#[track_caller]
fn read(text: &str) -> Reading {
    read_json(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[track_caller]
fn only(text: &str) -> Imported {
    let mut reading = read(text);
    assert_eq!(
        (reading.servers.len(), reading.skipped.as_slice()),
        (1, [].as_slice()),
        "{reading:?}"
    );
    reading.servers.remove(0)
}

/// One server in one line, secrets and all.
fn line(server: &Imported) -> String {
    let (start, pairs) = match &server.transport {
        Transport::Stdio { command, args, env } => (format!("{command} {}", args.join(" ")), env),
        Transport::Http { url, headers } => (url.clone(), headers),
    };
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose()))
        .collect();
    format!("{}: {} [{}]", server.name, start.trim(), pairs.join(" "))
}

/// How each app writes `docs`, an address.
const ADDRESSES: [&str; 6] = [
    r#"{"mcpServers":{"docs":{"type":"http","url":"https://docs.example/mcp","headers":{"X-Key":"v"}}}}"#,
    r#"{"mcp":{"servers":{"docs":{"type":"http","url":"https://docs.example/mcp","headers":{"X-Key":"v"}}}}}"#,
    r#"{"mcpServers":{"docs":{"serverUrl":"https://docs.example/mcp","headers":{"X-Key":"v"}}}}"#,
    r#"{"mcpServers":{"docs":{"httpUrl":"https://docs.example/mcp","headers":{"X-Key":"v"}}}}"#,
    // Cherry Studio keeps an empty command, and the name inside.
    r#"{"mcpServers":{"Ab12":{"name":"docs","type":"streamableHttp","baseUrl":"https://docs.example/mcp",
        "command":"","headers":{"X-Key":"v","Content-Type":"application/json"},"isActive":true}}}"#,
    r#"[{"name":"docs","url":"https://docs.example/mcp","headers":{"X-Key":"v"}}]"#,
];

/// How each app writes `brave`, a program.
const PROGRAMS: [&str; 9] = [
    r#"{"mcpServers":{"brave":{"command":"npx","args":["-y","b"],"env":{"K":"v"}}}}"#,
    r#"{"servers":{"brave":{"type":"stdio","command":"npx","args":["-y","b"],"env":{"K":"v"}}},"inputs":[]}"#,
    r#"{"context_servers":{"brave":{"source":"custom","command":"npx","args":["-y","b"],"env":{"K":"v"}}}}"#,
    r#"{"context_servers":{"brave":{"command":{"path":"npx","args":["-y","b"],"env":{"K":"v"}}}}}"#,
    r#"{"mcp":{"brave":{"type":"local","command":["npx","-y","b"],"environment":{"K":"v"}}}}"#,
    r#"{"projects":{"/home/me":{"mcpServers":{"brave":{"command":"npx","args":["-y","b"],"env":{"K":"v"}}}}}}"#,
    r#"{"mcpServers":{"brave":{"command":"npx -y b","env":{"K":"v"}}}}"#,
    r#"{"brave":{"command":"npx","args":["-y","b"],"env":{"K":"v"}}}"#,
    r#""brave": {"command":"npx","args":["-y","b"],"env":{"K":"v"}},"#,
];

#[test]
fn every_app_s_shape_is_read() {
    for text in ADDRESSES {
        assert_eq!(
            line(&only(text)),
            "docs: https://docs.example/mcp [X-Key=v]",
            "{text}"
        );
    }
    for text in PROGRAMS {
        assert_eq!(line(&only(text)), "brave: npx -y b [K=v]", "{text}");
    }
}

#[test]
fn a_server_without_a_name_is_called_after_its_package_or_its_host() {
    let program = only(r#"{"command":"npx","args":["-y","@x/b@latest"]}"#);
    assert_eq!(line(&program), "b: npx -y @x/b@latest []");
    let address = only(r#"{"url":"https://docs.example/mcp"}"#);
    assert_eq!(line(&address), "docs.example: https://docs.example/mcp []");
}

#[test]
fn comments_and_trailing_commas_are_fine() {
    let text = "\u{feff}{ // mine\n \"mcpServers\": { /* one */ \"a\": { \"command\": \"uvx\", \"args\": [\"b\",], }, }, }";
    assert_eq!(line(&only(text)), "a: uvx b []");
}

#[test]
fn what_is_not_there_is_named_once_and_can_be_filled_in() {
    let text = r#"{"servers":{"s":{"command":"npx","args":["-y","p","--region=${input:region}"],"env":{
        "A":"${env:API_KEY}","B":"${input:api-key}","C":"<your token>","D":"YOUR_API_KEY","E":"","F":"Bearer ${API_KEY}",
        "G":"${LEVEL:-info}","H":"as it is"}}}}"#;
    let mut server = only(text);
    assert_eq!(
        server.transport.missing(),
        ["region", "API_KEY", "api-key", "C", "D", "E"]
    );
    for name in server.transport.missing() {
        server.transport.fill(&name, &secret(&format!("<{name}>")));
    }
    assert_eq!(server.transport.missing(), Vec::<String>::new());
    let filled = "s: npx -y p --region=<region> [A=<API_KEY> B=<api-key> C=<C> D=<D> E=<E> F=Bearer <API_KEY> G=info H=as it is]";
    assert_eq!(line(&server), filled);
}

#[test]
fn a_header_and_an_address_can_wait_for_a_key_too() {
    let text = r#"{"mcpServers":{"s":{"url":"https://s.example/mcp?k=${KEY}","headers":{"Authorization":"Bearer ${input:token}"}}}}"#;
    let mut server = only(text).transport;
    assert_eq!(server.missing(), ["KEY", "token"]);
    server.fill("token", &secret("sk-12345678"));
    assert!(!format!("{server:?}").contains("sk-12345678"), "{server:?}");
}

#[test]
fn the_home_folder_is_known_and_json_in_an_argument_is_left_alone() {
    let text = r#"{"mcpServers":{"s":{"command":"node","args":["${env:HOME}/a","${userHome}/b","{\"k\":{}}","$HOME {x}"]}}}"#;
    let Transport::Stdio { args, .. } = only(text).transport else {
        panic!("a program");
    };
    let home = std::env::home_dir().unwrap().to_string_lossy().into_owned();
    assert_eq!(
        args,
        [
            format!("{home}/a"),
            format!("{home}/b"),
            r#"{"k":{}}"#.to_owned(),
            "$HOME {x}".to_owned()
        ]
    );
}

#[test]
fn a_switch_and_an_old_transport_are_told() {
    let text = r#"{"mcpServers":{
        "off":{"command":"a","disabled":true},"asleep":{"command":"a","isActive":false},"on":{"command":"a","enabled":true},
        "old":{"type":"sse","url":"https://a.example/sse"},"new":{"url":"https://a.example/mcp"}}}"#;
    let told: Vec<(String, bool, bool)> = read(text)
        .servers
        .into_iter()
        .map(|it| (it.name, it.enabled, it.note.is_some()))
        .collect();
    let told: Vec<(&str, bool, bool)> = told
        .iter()
        .map(|(name, on, note)| (name.as_str(), *on, *note))
        .collect();
    let expected = [
        ("off", false, false),
        ("asleep", false, false),
        ("on", true, false),
        ("old", true, true),
        ("new", true, false),
    ];
    assert_eq!(told, expected);
}

#[test]
fn one_entry_that_cannot_be_read_does_not_cost_the_others() {
    let reading =
        read(r#"{"mcpServers":{"a":{"args":["x"]},"b":7,"c":{"type":"inMemory"},"d":{"command":"x"}}}"#);
    let skipped: Vec<(&str, &str)> = reading
        .skipped
        .iter()
        .map(|it| (it.name.as_str(), it.why.as_str()))
        .collect();
    let expected = [
        ("a", "It has neither a command nor an address."),
        ("b", "It is not an object."),
        ("c", "It is built into the app it comes from."),
    ];
    assert_eq!(skipped, expected);
    assert_eq!(reading.servers.len(), 1);
}

#[test]
fn what_holds_no_servers_says_why() {
    assert_eq!(read_json(" \n").unwrap_err(), NotServers::Empty);
    let broken = read_json("{\n  \"mcpServers\": {\"a\": {\"command\": \"x\"}").unwrap_err();
    assert!(
        broken.to_string().starts_with("This is not JSON: line "),
        "{broken}"
    );
    for other in [
        "{}",
        "[]",
        "7",
        "\"hello\"",
        r#"{"theme":"dark","editor":{"size":12}}"#,
    ] {
        assert_eq!(read_json(other).unwrap_err(), NotServers::NoServers, "{other}");
    }
    assert!(
        read(r#"{"mcpServers":{}}"#).servers.is_empty(),
        "an app without servers is no error"
    );
}

#[cfg(not(windows))]
#[test]
fn the_shell_that_windows_needs_is_left_out_elsewhere() {
    let text = r#"{"mcpServers":{"a":{"command":"cmd","args":["/c","npx","-y","b"]}}}"#;
    assert_eq!(line(&only(text)), "a: npx -y b []");
}

#[tokio::test]
async fn an_offer_of_the_catalogue_says_which_key_it_waits_for() {
    for offer in catalogue() {
        let (id, name) = (offer.name.clone(), offer.name.clone());
        let waiting = trouble(Server {
            id,
            name,
            transport: offer.transport.clone(),
        })
        .await;
        let key = &offer.transport.missing()[0];
        assert_eq!(waiting.to_string(), format!("{} still needs {key}.", offer.name));
    }
}
