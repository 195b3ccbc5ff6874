//! Files beside the database, each under the hash of its content, so that what is given twice is kept once. The relay
//! keeps what jobs made in the same place, by the same rule (`relay/jobs/store.rs`).

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use nexdesk_ledger::new_id;
use sha2::{Digest, Sha256};

use crate::problem::{Problem, ProblemCode};

const MEDIA: &str = "media";
/// What the relay sweeps away at the next start.
const UNFINISHED: &str = "arriving-";

/// Keeps a file; returns its hash. Blocks.
pub(crate) fn keep(data_dir: &Path, bytes: &[u8]) -> Result<String, Problem> {
    let sha256 = format!("{:x}", Sha256::digest(bytes));
    let place = place(data_dir, &sha256);
    if !place.exists() {
        write(data_dir, &place, bytes).map_err(|error| unkept(&error))?;
    }
    Ok(sha256)
}

/// A file that is kept. Blocks.
pub(crate) fn read(data_dir: &Path, sha256: &str, name: &str) -> Result<Vec<u8>, Problem> {
    fs::read(place(data_dir, sha256)).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Problem {
            remedy: Some("Attach it again, or take it out of the message.".into()),
            ..Problem::new(
                ProblemCode::NotFound,
                format!("“{name}” is gone from the data directory."),
            )
        },
        _ => Problem::new(
            ProblemCode::StorageFailed,
            format!("“{name}” cannot be read: {error}."),
        ),
    })
}

/// Removes files that nothing needs any more.
pub(crate) async fn discard(data_dir: &Path, orphans: &[String]) {
    for sha256 in orphans {
        // Gone already is as good.
        let _ = tokio::fs::remove_file(place(data_dir, sha256)).await;
    }
}

fn place(data_dir: &Path, sha256: &str) -> PathBuf {
    let folder = sha256.get(..2).unwrap_or("00");
    data_dir.join(MEDIA).join(folder).join(sha256)
}

/// Under another name first: a killed process must not leave half a file under the hash of a whole one.
fn write(data_dir: &Path, place: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(place.parent().unwrap_or(data_dir))?;
    let unfinished = data_dir.join(MEDIA).join(format!("{UNFINISHED}{}", new_id()));
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let kept = written.and_then(|()| fs::rename(&unfinished, place));
    if kept.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    kept
}

fn unkept(error: &io::Error) -> Problem {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => ProblemCode::StorageFull,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => ProblemCode::StorageReadOnly,
        _ => ProblemCode::StorageFailed,
    };
    Problem::new(code, format!("The file cannot be kept: {error}."))
}
