//! Lets tauri-build read `tauri.conf.json` at the root; the capabilities stand inline in it.
fn main() {
    tauri_build::build();
}
