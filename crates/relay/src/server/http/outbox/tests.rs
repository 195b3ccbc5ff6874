//! Whatever is put in comes out in order, however little the other side takes at once.

use super::*;

/// A socket that takes so many bytes at a time.
struct Narrow(usize, Vec<u8>);

impl AsyncWrite for Narrow {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = bytes.len().min(self.0);
        self.1.extend_from_slice(&bytes[..taken]);
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut taken = 0;
        for slice in slices {
            let here = slice.len().min(self.0 - taken);
            self.1.extend_from_slice(&slice[..here]);
            taken += here;
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[test]
fn small_and_large_pieces_leave_in_the_order_they_came_in() {
    let sizes = [
        3,
        COPIED + 1,
        0,
        17,
        COPIED,
        5 * COPIED,
        COPIED + 2,
        1,
        0x1000,
        0xff,
    ];
    for width in [1, 7, COPIED - 1, COPIED + 1, 1 << 20] {
        let (mut outbox, mut expected) = (Outbox::default(), Vec::new());
        for (number, size) in sizes.into_iter().cycle().take(40).enumerate() {
            let piece = vec![u8::try_from(number).expect("few"); size];
            if number % 2 == 0 {
                outbox.put(piece.clone().into());
                expected.extend_from_slice(&piece);
            } else {
                outbox.put_chunk(piece.clone().into());
                if size > 0 {
                    expected.extend_from_slice(format!("{size:x}\r\n").as_bytes());
                    expected.extend_from_slice(&piece);
                    expected.extend_from_slice(b"\r\n");
                }
            }
            assert_eq!(outbox.unsent(), expected.len());
        }
        let mut socket = Narrow(width, Vec::new());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        assert!(outbox.poll_flush(&mut socket, &mut cx).is_ready());
        assert!(socket.1 == expected, "{width} bytes at a time");
        assert_eq!(outbox.unsent(), 0);
    }
}
