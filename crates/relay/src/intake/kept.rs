//! A body too large for memory, in a file without a name, which goes when we do. What is still coming is written there
//! as it passes, so that a second gateway can be asked without the caller sending it again.

use std::io::{self, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, stream};
use nexdesk_upstream::Pieces;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio::sync::Mutex;

const PIECE: usize = 128 * 1024;

#[derive(Clone)]
pub(super) struct Kept(Arc<Shared>);

struct Shared {
    inside: Mutex<Inside>,
    stored: AtomicU64,
    /// The disk was full: what has passed cannot be had again.
    is_lost: AtomicBool,
}

struct Inside {
    file: File,
    /// Where the next byte would be read or written.
    position: u64,
    /// How much has passed: who comes with another place in mind missed something that is gone.
    passed: u64,
    coming: Option<Pieces>,
    /// It has come and is not, or not wholly, in the file: whoever was reading left in the middle of that.
    half: Option<Bytes>,
}

impl Kept {
    /// What is there already, and what is still coming.
    pub(super) fn new(file: std::fs::File, stored: u64, coming: Option<Pieces>) -> Self {
        Self(Arc::new(Shared {
            inside: Mutex::new(Inside {
                file: File::from_std(file),
                position: u64::MAX,
                passed: stored,
                coming,
                half: None,
            }),
            stored: AtomicU64::new(stored),
            is_lost: AtomicBool::new(false),
        }))
    }

    /// How much of it has come.
    pub(super) fn stored(&self) -> u64 {
        self.0.stored.load(Ordering::Relaxed)
    }

    /// Whether it can be had once more from its beginning.
    pub(super) fn can_go_again(&self) -> bool {
        !self.0.is_lost.load(Ordering::Relaxed)
    }

    /// All of it, from the beginning.
    pub(super) fn pieces(&self) -> Pieces {
        stream::unfold((self.clone(), 0), |(kept, at)| async move {
            let piece = kept.next(at).await.transpose()?;
            let at = at + piece.as_ref().map_or(0, |piece| piece.len() as u64);
            Some((piece, (kept, at)))
        })
        .boxed()
    }

    async fn next(&self, at: u64) -> io::Result<Option<Bytes>> {
        let mut inside = self.0.inside.lock().await;
        if at < self.stored() {
            let here = usize::try_from(self.stored() - at).unwrap_or(PIECE).min(PIECE);
            return inside.stored(at, here).await.map(Some);
        }
        if at != inside.passed {
            return Err(io::Error::other("what has passed was not kept"));
        }
        if inside.half.is_none() {
            let Some(coming) = &mut inside.coming else {
                return Ok(None);
            };
            match coming.next().await.transpose()? {
                Some(piece) => inside.half = Some(piece),
                None => {
                    inside.coming = None;
                    return Ok(None);
                }
            }
        }
        let Some(piece) = inside.half.clone() else {
            return Ok(None);
        };
        if self.can_go_again() {
            match inside.store(&piece).await {
                Ok(()) => self
                    .0
                    .stored
                    .store(inside.passed + piece.len() as u64, Ordering::Relaxed),
                // It still passes, once: a full disk must not cost anybody an upload.
                Err(_) => self.0.is_lost.store(true, Ordering::Relaxed),
            }
        }
        inside.half = None;
        inside.passed += piece.len() as u64;
        Ok(Some(piece))
    }
}

impl Inside {
    async fn go_to(&mut self, at: u64) -> io::Result<()> {
        if self.position != at {
            self.file.seek(SeekFrom::Start(at)).await?;
        }
        self.position = u64::MAX; // until it is known how far the next step came
        Ok(())
    }

    async fn stored(&mut self, at: u64, length: usize) -> io::Result<Bytes> {
        // Writing goes on behind our back; what it failed at is told here.
        self.file.flush().await?;
        self.go_to(at).await?;
        let mut piece = BytesMut::zeroed(length);
        self.file.read_exact(&mut piece).await?;
        self.position = at + length as u64;
        Ok(piece.freeze())
    }

    async fn store(&mut self, piece: &[u8]) -> io::Result<()> {
        self.go_to(self.passed).await?;
        self.file.write_all(piece).await?;
        self.position = self.passed + piece.len() as u64;
        Ok(())
    }
}
