//! Real servers from npm: installed once for all runs, below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Pinned, so that a test that fails tomorrow fails because of us.
const PACKAGES: [&str; 2] = [
    "@modelcontextprotocol/server-everything@2026.8.31",
    "@modelcontextprotocol/server-filesystem@2026.8.31",
];

/// The folder they are in. Without a registry these tests fail, and say so: a chat whose tools nobody has tried with a
/// real server is not tested.
pub(crate) fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mcp-servers-2026.8.31");
        let done = folder.join("installed");
        if !done.exists() {
            fs::create_dir_all(&folder).unwrap();
            let npm = Command::new("npm")
                .args([
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                    "--prefix",
                ])
                .arg(&folder)
                .args(PACKAGES)
                .output()
                .expect("npm was not found: install Node.js, these tests talk to real servers from npm");
            assert!(
                npm.status.success(),
                "npm install failed; these tests need its registry once: {}",
                String::from_utf8_lossy(&npm.stderr)
            );
            fs::write(done, "").unwrap();
        }
        folder
    })
}

/// The program of an installed package.
pub(crate) fn program(package: &str) -> String {
    let path = installed().join(format!(
        "node_modules/@modelcontextprotocol/{package}/dist/index.js"
    ));
    assert!(path.exists(), "{} is not there", path.display());
    path.to_string_lossy().into_owned()
}
