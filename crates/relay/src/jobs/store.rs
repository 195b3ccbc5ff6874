//! The files that jobs made: fetched to disk as they come, checked by their hash, kept once however many jobs made them.

use std::io;
use std::path::PathBuf;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::StreamExt;
use http::header::LOCATION;
use http::{Method, StatusCode};
use nexdesk_ledger::{JobFileRow, new_id};
use nexdesk_upstream::jobs::{Arriving, CallParts, address, sniff};
use nexdesk_upstream::{Failure, Kind};
use sha2::{Digest, Sha256};
use tokio::fs::{self, File};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;
use url::Url;

use super::{Jobs, Target};

/// No film of a minute is larger; a link that never ends must not fill the disk.
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
const PIECE: usize = 128 * 1024;
const UNFINISHED: &str = "arriving-";

/// A file of ours, to be sent.
pub struct Stored {
    /// What it is.
    pub mime: String,
    /// How much of it is left to be sent.
    pub length: u64,
    file: ReaderStream<File>,
}

impl Stored {
    /// The next piece; `None` at the end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let polled = self.file.poll_next_unpin(cx);
        if let Poll::Ready(Some(Ok(piece))) = &polled {
            self.length = self.length.saturating_sub(piece.len() as u64);
        }
        polled
    }
}

impl Jobs {
    fn place(&self, sha256: &str) -> PathBuf {
        let folder = sha256.get(..2).unwrap_or("00");
        self.0.media.join(folder).join(sha256)
    }

    /// Opens a file that is here.
    pub(super) async fn stored(&self, file: &JobFileRow) -> Option<Stored> {
        let place = self.place(file.sha256.as_deref()?);
        let open = File::open(place).await.ok()?;
        Some(Stored {
            mime: file
                .mime
                .clone()
                .unwrap_or_else(|| "application/octet-stream".into()),
            length: open.metadata().await.ok()?.len(),
            file: ReaderStream::with_capacity(open, PIECE),
        })
    }

    /// All of a file that is here: for pictures, which callers want inside JSON.
    pub(super) async fn stored_bytes(&self, file: &JobFileRow) -> Option<Vec<u8>> {
        fs::read(self.place(file.sha256.as_deref()?)).await.ok()
    }

    pub(super) async fn discard(&self, orphans: Vec<String>) {
        for sha256 in orphans {
            // Gone already is as good.
            let _ = fs::remove_file(self.place(&sha256)).await;
        }
    }

    /// Fetches one file. A link gets no key. A path at the gateway gets it, and a redirect from there is a link.
    pub(super) async fn fetch(&self, file: &JobFileRow, target: &Target) -> Result<JobFileRow, Failure> {
        let link = file.link.as_deref().unwrap_or_default();
        let arriving = if link.contains("://") {
            match self.0.downloads.open(link, &target.base).await {
                // new-api's own links want the key, and lead to the gateway itself, which has it anyway.
                Err(failure) if matches!(failure.status, Some(401 | 403)) => match own(link, target) {
                    Some(path) => self.content(&path, target).await?,
                    None => return Err(failure),
                },
                arriving => arriving?,
            }
        } else {
            self.content(link, target).await?
        };
        self.put(arriving, file.clone()).await
    }

    async fn content(&self, path: &str, target: &Target) -> Result<Arriving, Failure> {
        let parts = CallParts {
            method: Method::GET,
            path: path.to_owned(),
            body: Bytes::new(),
        };
        let answer = self.call(&parts, target).await?.inflated();
        if answer.status.is_redirection() {
            let next = answer.headers.get(LOCATION).and_then(|next| next.to_str().ok());
            let here = Url::parse(&address(&target.base, path)).ok();
            let next = here.and_then(|here| here.join(next?).ok());
            let next = next.ok_or_else(|| broken("The gateway redirects its file to nowhere."))?;
            return self.0.downloads.open(next.as_str(), &target.base).await;
        }
        if answer.status != StatusCode::OK {
            let (status, headers) = (answer.status, answer.headers);
            return Err(Failure::read(status, &headers, &answer.body.whole().await?));
        }
        Ok(answer.into())
    }

    async fn put(&self, mut arriving: Arriving, mut file: JobFileRow) -> Result<JobFileRow, Failure> {
        let page = arriving.mime.as_deref().unwrap_or_default().to_ascii_lowercase();
        if page.starts_with("text/html") || page.starts_with("application/json") {
            return Err(broken("Behind the gateway's link is a page instead of a file."));
        }
        if arriving.length.is_some_and(|length| length > LARGEST) {
            return Err(too_large());
        }
        let (mut written, unfinished) = self.begin().await.map_err(on_disk)?;
        let (mut hash, mut bytes, mut head) = (Sha256::new(), 0u64, Vec::new());
        let fetched = async {
            while let Some(piece) = arriving.next().await {
                let piece = piece?;
                bytes += piece.len() as u64;
                if bytes > LARGEST {
                    return Err(too_large());
                }
                if head.len() < 16 {
                    head.extend_from_slice(&piece[..piece.len().min(16)]);
                }
                hash.update(&piece);
                written.write_all(&piece).await.map_err(on_disk)?;
            }
            written.flush().await.map_err(on_disk)?;
            written.sync_all().await.map_err(on_disk)
        };
        if let Err(failure) = fetched.await {
            let _ = fs::remove_file(&unfinished).await;
            return Err(failure);
        }
        let sha256 = format!("{:x}", hash.finalize());
        self.finish(&unfinished, &sha256).await.map_err(on_disk)?;
        let said = arriving
            .mime
            .filter(|mime| !mime.starts_with("application/octet-stream"));
        file.mime = sniff(&head).map(str::to_owned).or(file.mime).or(said);
        file.sha256 = Some(sha256);
        file.bytes = Some(bytes);
        Ok(file)
    }

    /// Keeps a file that came inside an answer.
    pub(super) async fn put_bytes(&self, bytes: &Bytes, mut file: JobFileRow) -> Result<JobFileRow, Failure> {
        let (mut written, unfinished) = self.begin().await.map_err(on_disk)?;
        written.write_all(bytes).await.map_err(on_disk)?;
        written.flush().await.map_err(on_disk)?;
        let sha256 = format!("{:x}", Sha256::digest(bytes));
        self.finish(&unfinished, &sha256).await.map_err(on_disk)?;
        file.mime = sniff(bytes).map(str::to_owned).or(file.mime);
        file.sha256 = Some(sha256);
        file.bytes = Some(bytes.len() as u64);
        Ok(file)
    }

    /// Removes what the last life did not finish fetching.
    pub(super) async fn sweep(&self) {
        let Ok(mut entries) = fs::read_dir(&self.0.media).await else {
            return;
        };
        while let Ok(Some(entry)) = entries.next_entry().await {
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                let _ = fs::remove_file(entry.path()).await;
            }
        }
    }

    async fn begin(&self) -> io::Result<(File, PathBuf)> {
        fs::create_dir_all(&self.0.media).await?;
        let unfinished = self.0.media.join(format!("{UNFINISHED}{}", new_id()));
        Ok((File::create(&unfinished).await?, unfinished))
    }

    async fn finish(&self, unfinished: &PathBuf, sha256: &str) -> io::Result<()> {
        let place = self.place(sha256);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).await?;
        }
        fs::rename(unfinished, place).await
    }
}

/// The path of a link that leads to the gateway's own root.
fn own(link: &str, target: &Target) -> Option<String> {
    let path = link.strip_prefix(target.base.root())?;
    path.starts_with('/').then(|| path.to_owned())
}

fn broken(sentence: &str) -> Failure {
    Failure::new(Kind::GatewayFailed, sentence)
}

fn too_large() -> Failure {
    broken("The file is larger than 2 GB, and is not kept.")
}

fn on_disk(error: io::Error) -> Failure {
    Failure::new(
        Kind::Interrupted,
        format!("The file could not be written: {error}."),
    )
}
