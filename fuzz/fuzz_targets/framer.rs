//! Any bytes, cut anywhere: the same events, no panic, and what `push` calls complete ends with an event. The same
//! properties stand as a test in `tests/protocol/framer_properties.rs`; this one looks longer and further.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nexdesk_protocol::sse::{Frame, Framer};

/// The first byte says how long the pieces are, the second which cap holds; the rest is the stream.
fuzz_target!(|input: &[u8]| {
    let [length, cap, stream @ ..] = input else { return };
    let length = usize::from(*length) % 17 + 1;

    let whole = framed(Framer::default(), stream, stream.len().max(1));
    assert_eq!(
        framed(Framer::default(), stream, length),
        whole,
        "pieces of {length}"
    );
    complete_ends_with_an_event(stream, length);

    let kept = framed(Framer::with_cap(usize::from(*cap)), stream, length);
    let mut rest = whole.iter();
    let fits = |frame: &&Frame| !matches!(frame, Frame::Oversized { .. });
    assert!(
        kept.iter().filter(fits).all(|frame| rest.any(|one| one == frame)),
        "a cap only ever takes away"
    );
});

fn framed(mut framer: Framer, stream: &[u8], length: usize) -> Vec<Frame> {
    let mut found = Vec::new();
    for piece in stream.chunks(length) {
        assert!(framer.push(piece, &mut found) <= piece.len());
    }
    found.extend(framer.finish());
    found
}

fn complete_ends_with_an_event(stream: &[u8], length: usize) {
    let (mut framer, mut found, mut fed, mut complete) = (Framer::default(), Vec::new(), 0, 0);
    for piece in stream.chunks(length) {
        match framer.push(piece, &mut found) {
            0 => {}
            end => complete = fed + end,
        }
        fed += piece.len();
    }
    let (mut fresh, mut again) = (Framer::default(), Vec::new());
    fresh.push(&stream[..complete], &mut again);
    assert_eq!(again, found);
    assert_eq!(fresh.finish(), None);
}
