//! What must hold of the framer for any bytes at all. The fuzz target in `fuzz/` asserts the same.

use nexdesk_protocol::sse::{Frame, Framer};
use nexdesk_tests::read_events;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::framer::framed;

/// Bytes that are mostly about lines, so that the interesting things happen often.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop_oneof![
        4 => Just(b"\n".to_vec()),
        3 => Just(b"\r".to_vec()),
        2 => Just(b"\r\n".to_vec()),
        4 => Just(b"data: ".to_vec()),
        2 => Just(b"data".to_vec()),
        1 => Just(b"event: x".to_vec()),
        1 => Just(b":".to_vec()),
        1 => Just(b"\xEF\xBB\xBF".to_vec()),
        1 => Just(b"\xEF\xBB".to_vec()),
        2 => Just("灯🚣".as_bytes().to_vec()),
        1 => vec(any::<u8>(), 0..4),
        2 => Just(b"{\"a\":1}".to_vec()),
    ];
    vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// The same bytes in pieces, and in one.
fn cut() -> impl Strategy<Value = (Vec<u8>, Vec<usize>)> {
    stream().prop_flat_map(|bytes| {
        let cuts = vec(0..=bytes.len(), 0..8);
        (Just(bytes), cuts)
    })
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut ends = cuts.to_vec();
    ends.push(bytes.len());
    ends.sort_unstable();
    let mut from = 0;
    ends.iter()
        .map(|end| &bytes[std::mem::replace(&mut from, *end)..*end])
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn the_network_decides_nothing((bytes, cuts) in cut()) {
        prop_assert_eq!(framed(&pieces(&bytes, &cuts)), framed(&[&bytes]));
    }

    #[test]
    fn what_push_calls_complete_ends_with_an_event((bytes, cuts) in cut()) {
        let (mut framer, mut found, mut fed, mut complete) = (Framer::default(), Vec::new(), 0, 0);
        for piece in pieces(&bytes, &cuts) {
            let end = framer.push(piece, &mut found);
            prop_assert!(end <= piece.len());
            if end > 0 {
                complete = fed + end;
            }
            fed += piece.len();
            // Read on its own, what is complete holds the very events found so far, and nothing of the next one.
            let (mut fresh, mut again) = (Framer::default(), Vec::new());
            fresh.push(&bytes[..complete], &mut again);
            prop_assert_eq!(&again, &found);
            prop_assert_eq!(fresh.finish(), None);
        }
    }

    #[test]
    fn text_is_read_as_the_standard_says(bytes in stream()) {
        let Ok(text) = std::str::from_utf8(&bytes) else { return Ok(()) };
        // A mark inside the stream makes a field nobody knows; how that is read is nobody's business.
        prop_assume!(!text.trim_start_matches('\u{feff}').contains('\u{feff}'));
        prop_assume!(!text.starts_with("\u{feff}\u{feff}"));
        let data: Vec<String> = framed(&[&bytes])
            .into_iter()
            .map(|frame| match frame {
                Frame::Event(event) => event.data,
                other => panic!("{other:?}"),
            })
            .collect();
        prop_assert_eq!(data, read_events(&bytes));
    }

    #[test]
    fn a_cap_keeps_every_event_that_fits((bytes, cuts) in cut(), cap in 1_usize..64) {
        let whole = framed(&[&bytes]);
        let (mut framer, mut found) = (Framer::with_cap(cap), Vec::new());
        for piece in pieces(&bytes, &cuts) {
            framer.push(piece, &mut found);
        }
        found.extend(framer.finish());
        let kept: Vec<_> = found.into_iter().filter(|frame| !matches!(frame, Frame::Oversized { .. })).collect();
        let mut rest = whole.iter();
        prop_assert!(kept.iter().all(|frame| rest.any(|one| one == frame)), "{kept:?} in {whole:?}");
    }
}
