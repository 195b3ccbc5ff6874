//! The desktop executable.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    nexdesk_desktop::run()
}
