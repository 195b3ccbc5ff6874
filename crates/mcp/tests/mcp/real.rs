//! Real servers from npm: over stdio, through npx, over streamable HTTP.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use nexdesk_mcp::{State, Trouble};
use serde_json::json;
use tokio::net::TcpStream;

use crate::npm::{installed, program};
use crate::support::{call, eventually, http, started, stdio};

#[tokio::test]
async fn a_server_over_stdio_tells_its_tools_and_answers() {
    let (tools, state) = started(stdio(
        "everything",
        "node",
        &[&program("server-everything"), "stdio"],
    ))
    .await;
    assert_eq!(state, State::Ready);
    let listed = tools.tools("everything");
    let echo = listed
        .iter()
        .find(|tool| tool.name == "echo")
        .expect("it has a tool called echo");
    assert!(!echo.description.is_empty());
    assert_eq!(echo.input_schema["properties"]["message"]["type"], "string");

    let said = call(&tools, "everything", "echo", json!({ "message": "你好" }))
        .await
        .unwrap();
    assert_eq!((said.text.as_str(), said.is_error), ("Echo: 你好", false));
    let sum = call(&tools, "everything", "get-sum", json!({ "a": 2, "b": 40 }))
        .await
        .unwrap();
    assert!(sum.text.contains("42"), "{sum:?}");
    let wrong = call(&tools, "everything", "get-sum", json!({ "a": "two" }))
        .await
        .unwrap();
    assert!(
        wrong.is_error && !wrong.text.is_empty(),
        "a model can mend this: {wrong:?}"
    );
}

#[tokio::test]
async fn pictures_and_resources_come_apart_from_the_text() {
    let (tools, _) = started(stdio("everything", "node", &[&program("server-everything")])).await;
    let image = call(&tools, "everything", "get-tiny-image", json!({}))
        .await
        .unwrap();
    let [(mime, bytes)] = image.pictures.as_slice() else {
        panic!("one picture was drawn: {image:?}");
    };
    assert_eq!((mime.as_str(), &bytes[1..4]), ("image/png", b"PNG".as_slice()));
    assert!(
        !image.text.is_empty() && !image.text.contains("iVBOR"),
        "{}",
        image.text
    );
    let links = call(&tools, "everything", "get-resource-links", json!({ "count": 2 }))
        .await
        .unwrap();
    assert!(
        links.text.contains("]("),
        "links are named in the text: {}",
        links.text
    );
    let structured = call(
        &tools,
        "everything",
        "get-structured-content",
        json!({ "location": "Chicago" }),
    )
    .await;
    assert!(structured.unwrap().text.contains("temperature"));
}

#[tokio::test]
async fn a_server_of_files_reads_those_it_was_given_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("note.txt");
    std::fs::write(&file, "remember the milk").unwrap();
    let root = folder.path().to_str().unwrap();
    let (tools, state) = started(stdio("files", "node", &[&program("server-filesystem"), root])).await;
    assert_eq!(state, State::Ready);
    let reader = tools
        .tools("files")
        .iter()
        .find(|tool| tool.name == "read_text_file")
        .cloned()
        .unwrap();
    assert!(reader.read_only, "it says so itself");
    let read = call(&tools, "files", "read_text_file", json!({ "path": file }))
        .await
        .unwrap();
    assert!(read.text.contains("remember the milk"), "{read:?}");
    let stranger = call(
        &tools,
        "files",
        "read_text_file",
        json!({ "path": "/etc/passwd" }),
    )
    .await
    .unwrap();
    assert!(stranger.is_error, "{stranger:?}");
}

#[tokio::test]
async fn the_functions_of_two_servers_lead_back_to_their_tools() {
    let (tools, _) = started(stdio("one", "node", &[&program("server-everything")])).await;
    tools.start(stdio("two", "node", &[&program("server-everything")]));
    tools.settled("two").await;
    let functions = tools.functions(&["one".to_owned(), "two".to_owned()]);
    assert_eq!(functions.len(), 2 * tools.tools("one").len());
    assert!(
        functions
            .iter()
            .all(|function| function.parameters.get("$schema").is_none())
    );
    let echo = functions
        .iter()
        .find(|function| function.name == "two__echo")
        .expect("a readable name");
    let said = call(&tools, &echo.server, &echo.tool, json!({ "message": "hi" }))
        .await
        .unwrap();
    assert_eq!((echo.server.as_str(), said.text.as_str()), ("two", "Echo: hi"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_npx_has_started_is_gone_when_it_is_stopped() {
    let prefix = installed().to_str().unwrap();
    let marker = format!("marker-{}", std::process::id());
    let args = [
        "--no",
        "--prefix",
        prefix,
        "--",
        "mcp-server-everything",
        "stdio",
        &marker,
    ];
    let (tools, state) = started(stdio("npx", "npx", &args)).await;
    assert_eq!(state, State::Ready);
    let running = crate::support::processes(&marker);
    assert!(
        running.len() > 1,
        "npx, perhaps a shell, and the server: {running:?}"
    );
    tools.stop("npx").await;
    assert_eq!(crate::support::processes(&marker), Vec::<String>::new());
    assert_eq!(tools.state("npx"), State::Off);
    assert_eq!(call(&tools, "npx", "echo", json!({})).await, Err(Trouble::Off));
}

/// The everything server at an address, ended with the test.
pub(crate) struct Served(Child, pub(crate) String);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

pub(crate) async fn served() -> Served {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let mut command = Command::new("node");
    command
        .arg(program("server-everything"))
        .arg("streamableHttp")
        .env("PORT", port.to_string());
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let served = Served(child, format!("http://127.0.0.1:{port}/mcp"));
    for _ in 0..1_000 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return served;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the server at {} never listened", served.1);
}

#[tokio::test]
async fn a_server_over_http_answers_and_its_end_is_told() {
    let server = served().await;
    let url = format!("{}?apiKey=planted%2Fkey", server.1);
    let (tools, state) = started(http(
        "web",
        &url,
        &[("Authorization", "Bearer whatever-it-takes")],
    ))
    .await;
    assert_eq!(state, State::Ready);
    let said = call(&tools, "web", "echo", json!({ "message": "over http" }))
        .await
        .unwrap();
    assert_eq!(said.text, "Echo: over http");
    let image = call(&tools, "web", "get-tiny-image", json!({})).await.unwrap();
    assert_eq!(image.pictures.len(), 1);

    let mut changes = tools.changes();
    drop(server);
    let lost = call(&tools, "web", "echo", json!({ "message": "anybody?" }))
        .await
        .unwrap_err();
    assert!(
        matches!(lost, Trouble::Lost { .. }) && lost.detail().is_some(),
        "{lost:?}"
    );
    assert!(!format!("{lost:?}").contains("planted"), "{lost:?}");
    assert!(changes.is_empty() || changes.try_recv().unwrap() == "web");
}

#[tokio::test]
async fn an_http_server_that_comes_back_is_used_again() {
    let server = served().await;
    let (tools, _) = started(http("web", &server.1, &[])).await;
    tools.stop("web").await;
    tools.start(http("web", &server.1, &[]));
    assert_eq!(tools.settled("web").await, State::Ready);
    eventually("the tools are listed again", || !tools.tools("web").is_empty()).await;
}
