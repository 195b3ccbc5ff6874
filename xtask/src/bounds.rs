//! Where things are: the repository, the build output, and the programs that come out of it.

use std::path::{Path, PathBuf};

/// The root of the checkout this xtask was started in.
///
/// Asked at run time: two checkouts that share a target directory also share this program.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let from_cargo = manifest.as_deref().and_then(Path::parent).map(Path::to_path_buf);
    from_cargo
        .or_else(|| std::env::current_dir().ok())
        .unwrap_or_else(|| PathBuf::from("."))
}

/// The build output, absolute, because children run in other directories than the caller's.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(set) => std::path::absolute(&set).unwrap_or_else(|_| PathBuf::from(set)),
        None => root().join("target"),
    }
}

/// A program this workspace builds.
pub(crate) fn program(name: &str, profile: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
