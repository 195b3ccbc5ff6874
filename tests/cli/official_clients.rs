//! The clients that strangers use, unchanged: OpenAI's own Python package, and `curl -N`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::nexd::Nexd;

/// As `reference/tools.md` observed it.
const PACKAGE: &str = "openai==3.52.0";

const STREAM: &str = r#"
import sys
from openai import OpenAI
client = OpenAI(base_url=sys.argv[1], api_key=sys.argv[2])
pieces = []
usage = None
stream = client.chat.completions.create(
    model="sandbox-chat", stream=True, stream_options={"include_usage": True},
    messages=[{"role": "user", "content": "Say something about streaming, 你好"}])
for chunk in stream:
    usage = chunk.usage or usage
    pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
assert len(pieces) > 5, pieces
assert usage.completion_tokens > 5, usage
whole = client.chat.completions.create(model="sandbox-chat", messages=[{"role": "user", "content": "Hello"}])
assert whole.choices[0].message.content
assert any(model.id == "sandbox-chat" for model in client.models.list())
print("".join(pieces))
"#;

const BROKEN: &str = r#"
import sys
from openai import OpenAI, APIError
client = OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
try:
    for chunk in client.chat.completions.create(
            model="sandbox/sandbox-bad-cut", stream=True, messages=[{"role": "user", "content": "x"}]):
        pass
except APIError as error:
    print(type(error).__name__, error.code)
else:
    sys.exit("a broken stream was taken for a whole answer")
"#;

const REFUSED: &str = r#"
import sys
from openai import OpenAI, AuthenticationError
try:
    OpenAI(base_url=sys.argv[1], api_key="wrong", max_retries=0).models.list()
except AuthenticationError as error:
    print(error.status_code, error.code)
"#;

#[test]
fn openais_own_python_package_streams_and_the_row_says_what_it_took() {
    let nexd = Nexd::new();
    let token = nexd
        .run(&["tokens", "add", "python"])
        .good()
        .out
        .trim()
        .to_owned();
    let relay = nexd.serve();
    let said = python(STREAM, &[&relay.url, &token]);
    assert!(
        said.contains("你好"),
        "the sandbox quotes what it was asked: {said}"
    );
    let rows = nexd.run(&["usage", "--json"]).good().out;
    assert!(
        rows.contains("\"caller\":\"python\"") && rows.contains("\"firstTokenMs\":"),
        "{rows}"
    );
    assert!(
        rows.contains("\"basis\":\"reported\""),
        "the gateway counted the tokens: {rows}"
    );
}

#[test]
fn openais_own_python_package_raises_when_a_stream_breaks() {
    let nexd = Nexd::new();
    let token = nexd
        .run(&["tokens", "add", "python"])
        .good()
        .out
        .trim()
        .to_owned();
    let relay = nexd.serve();
    let said = python(BROKEN, &[&relay.url, &token]);
    assert_eq!(said.trim(), "APIError stream_interrupted");
}

#[test]
fn openais_own_python_package_names_a_wrong_token_as_one() {
    let nexd = Nexd::new();
    let relay = nexd.serve();
    assert_eq!(python(REFUSED, &[&relay.url]).trim(), "401 invalid_api_key");
}

#[test]
fn curl_sees_events_as_they_come() {
    let nexd = Nexd::new();
    let token = nexd.run(&["tokens", "add", "curl"]).good().out.trim().to_owned();
    let relay = nexd.serve();
    let body = r#"{"model":"sandbox-chat","stream":true,"messages":[{"role":"user","content":"Hello"}]}"#;
    let mut curl = Command::new("curl");
    curl.args(["-sN", "-d", body, "-H", "content-type: application/json", "-H"]);
    let out = curl
        .arg(format!("authorization: Bearer {token}"))
        .arg(format!("{}/chat/completions", relay.url))
        .output();
    let out = String::from_utf8(out.expect("curl (Debian: curl)").stdout).unwrap();
    assert!(
        out.matches("data: {").count() > 5 && out.trim_end().ends_with("data: [DONE]"),
        "{out}"
    );
}

/// Runs a script in an environment that has the package; made once and kept beside the other build output.
fn python(script: &str, arguments: &[&str]) -> String {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    let home = HOME.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let home = test
            .ancestors()
            .nth(3)
            .unwrap()
            .join(format!("python-{}", PACKAGE.replace("==", "-")));
        if !home.join("ready").exists() {
            done(
                Command::new("python3").args(["-m", "venv"]).arg(&home),
                "python3 with venv (Debian: python3-venv)",
            );
            let pip = home.join("bin/pip");
            done(
                Command::new(pip).args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]),
                PACKAGE,
            );
            std::fs::write(home.join("ready"), PACKAGE).unwrap();
        }
        home
    });
    let ran = run(home, script, arguments);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

fn run(home: &Path, script: &str, arguments: &[&str]) -> std::process::Output {
    let mut python = Command::new(home.join("bin/python"));
    python
        .args(["-c", script])
        .args(arguments)
        .env("PYTHONIOENCODING", "utf-8")
        .output()
        .unwrap()
}

fn done(command: &mut Command, what: &str) {
    let status = command.status().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(status.success(), "{what} could not be had");
}
