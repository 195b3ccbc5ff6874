//! The three ways to the gateway.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// One way to the gateway.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    /// The process that does the work, where there is one between.
    pub(crate) pid: Option<u32>,
    _process: Option<Ended>,
    _home: Option<TempDir>,
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Peer {
    pub(crate) fn direct(gateway: SocketAddr) -> Self {
        Self {
            name: "direct",
            address: gateway,
            token: "none".into(),
            pid: None,
            _process: None,
            _home: None,
        }
    }

    pub(crate) fn nginx(gateway: SocketAddr) -> Self {
        let home = TempDir::with_prefix("nexdesk-bench-").unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let config = home.path().join("nginx.conf");
        std::fs::write(&config, nginx_config(home.path(), port, gateway)).unwrap();
        let started = Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(home.path())
            .stderr(Stdio::null())
            .spawn();
        let child = started.expect("nginx (Debian: nginx-light); `cargo xtask bench` installs it");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        while std::net::TcpStream::connect(address).is_err() {
            wait(Duration::from_millis(20));
        }
        Self {
            name: "nginx",
            address,
            token: "none".into(),
            pid: Some(child.id()),
            _process: Some(Ended(child)),
            _home: Some(home),
        }
    }

    pub(crate) fn nexd(gateway: SocketAddr) -> Self {
        let home = TempDir::with_prefix("nexdesk-bench-").unwrap();
        let command = |words: &[&str]| {
            let mut command = Command::new(nexd());
            command
                .env("NEXDESK_DATA_DIR", home.path())
                .env("HOME", home.path())
                .env("NEXDESK_KEYCHAIN", "off")
                .args(words);
            command
        };
        let url = format!("http://{gateway}/v1");
        // A preset without a key: what a keychain costs is not the question here.
        let added = command(&["gateways", "add", "bench", "--preset", "lm-studio", "--url", &url])
            .output()
            .unwrap();
        assert!(
            added.status.success(),
            "{}",
            String::from_utf8_lossy(&added.stderr)
        );
        let token = command(&["tokens", "add", "bench"]).output().unwrap().stdout;
        let token = String::from_utf8(token).unwrap().trim().to_owned();
        let mut child = command(&["--json", "serve", "--port", "0"])
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
            name: "nexd",
            address,
            token,
            pid: Some(child.id()),
            _process: Some(Ended(child)),
            _home: Some(home),
        }
    }
}

/// One worker, buffering off, connections kept: nginx as one would put it before a gateway.
fn nginx_config(dir: &Path, port: u16, gateway: SocketAddr) -> String {
    let dir = dir.display();
    format!(
        "daemon off; master_process off; worker_processes 1; pid {dir}/pid; error_log {dir}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
  fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  upstream gateway {{ server {gateway}; keepalive 128; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; }}
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

#[expect(
    clippy::disallowed_methods,
    reason = "waiting for a process to listen, outside of anything measured"
)]
fn wait(time: Duration) {
    let _ = std::io::stdout().flush();
    std::thread::sleep(time);
}
