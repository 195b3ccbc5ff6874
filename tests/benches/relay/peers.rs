//! The three ways to the gateway.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::{clock, process};

/// One way to the gateway.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    /// The process that does the work, where there is one between.
    pub(crate) pid: Option<u32>,
    unbuffered: Option<SocketAddr>,
    process: Option<Ended>,
    home: Option<TempDir>,
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Peer {
    fn at(name: &'static str, address: SocketAddr) -> Self {
        Self {
            name,
            address,
            token: "none".into(),
            pid: None,
            unbuffered: None,
            process: None,
            home: None,
        }
    }

    fn direct(gateway: SocketAddr) -> Self {
        Self::at("direct", gateway)
    }

    fn nginx(gateway: SocketAddr) -> Self {
        let home = TempDir::with_prefix("nexdesk-bench-").unwrap();
        let (address, unbuffered) = (free(), free());
        let config = home.path().join("nginx.conf");
        let ports = [address.port(), unbuffered.port()];
        std::fs::write(&config, nginx_config(home.path(), ports, gateway)).unwrap();
        let started = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(home.path())
            .stderr(Stdio::null())
            .spawn();
        let child = started.expect("nginx (Debian: nginx-light); `cargo xtask bench` installs it");
        while std::net::TcpStream::connect(address).is_err() {
            clock::wait(Duration::from_millis(20));
        }
        Self {
            pid: Some(child.id()),
            unbuffered: Some(unbuffered),
            process: Some(Ended(child)),
            home: Some(home),
            ..Self::at("nginx", address)
        }
    }

    /// The same process, told not to put uploads on disk first.
    pub(crate) fn unbuffered(&self) -> Option<Self> {
        let address = self.unbuffered?;
        Some(Self {
            pid: self.pid,
            ..Self::at(self.name, address)
        })
    }

    /// As somebody runs it who has added a gateway and its key, made a token, and changed nothing else.
    pub(crate) fn nexd(gateway: SocketAddr) -> Self {
        let home = TempDir::with_prefix("nexdesk-bench-").unwrap();
        let url = format!("http://{gateway}/v1");
        let add = [
            "gateways",
            "add",
            "bench",
            "--preset",
            "openai-compatible",
            "--url",
            &url,
        ];
        run(home.path(), &add, "");
        run(home.path(), &["keys", "add", "bench"], "sk-bench\n");
        let token = run(home.path(), &["tokens", "add", "bench"], "")
            .trim()
            .to_owned();
        let mut child = command(home.path(), &["--json", "serve", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let listening: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = listening["url"].as_str().unwrap().to_owned();
        let address = url
            .trim_start_matches("http://")
            .trim_end_matches("/v1")
            .parse()
            .unwrap();
        Self {
            token,
            pid: Some(child.id()),
            process: Some(Ended(child)),
            home: Some(home),
            ..Self::at("nexd", address)
        }
    }

    /// CPU time so far; none where there is nobody between.
    pub(crate) fn cpu_time(&self) -> Duration {
        self.pid.map_or(Duration::ZERO, process::cpu_time)
    }

    /// Ends it as a person would, who wants everything written down. What it wrote is in the folder.
    pub(crate) fn stop(mut self) -> TempDir {
        let mut process = self.process.take().expect("there is a process");
        let pid = process.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        assert!(process.0.wait().unwrap().success(), "it ended well");
        self.home.take().expect("it has a folder")
    }
}

/// All three, fresh: what one load made them hold is not counted under the next.
pub(crate) fn all(gateway: SocketAddr) -> [Peer; 3] {
    [Peer::direct(gateway), Peer::nginx(gateway), Peer::nexd(gateway)]
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn command(home: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(nexd());
    command
        .env("NEXDESK_DATA_DIR", home)
        .env("HOME", home)
        .env("NEXDESK_KEYCHAIN", "off")
        .env("NEXDESK_PASSPHRASE", "bench")
        .args(words);
    command
}

fn run(home: &Path, words: &[&str], input: &str) -> String {
    let mut command = command(home, words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "nexd {}", words.join(" "));
    String::from_utf8(done.stdout).unwrap()
}

/// What nginx calls itself.
pub(crate) fn nginx_version() -> String {
    let said = Command::new("nginx").arg("-v").output().unwrap().stderr;
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    said.rsplit(' ').next().unwrap_or_default().to_owned()
}

/// One worker, no buffering of answers, connections kept: nginx as one would put it before a gateway. On the second port
/// it does not buffer requests either. Its access log is on, as Debian ships it: nexd writes a row for each request too.
fn nginx_config(dir: &Path, [port, unbuffered]: [u16; 2], gateway: SocketAddr) -> String {
    let dir = dir.display();
    format!(
        "daemon off; master_process off; worker_processes 1; pid {dir}/pid; error_log {dir}/error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log {dir}/access.log; client_max_body_size 0; keepalive_requests 1000000; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  upstream gateway {{ server {gateway}; keepalive 128; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; }}
  }}
  server {{
    listen 127.0.0.1:{unbuffered};
    location / {{ proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; proxy_request_buffering off; }}
  }}
}}"
    )
}

fn nexd() -> PathBuf {
    let given = std::env::var_os("NEXD_BIN").map(PathBuf::from);
    let path = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/nexd"));
    assert!(
        path.exists(),
        "{} is missing: `cargo xtask bench` builds it",
        path.display()
    );
    path
}
