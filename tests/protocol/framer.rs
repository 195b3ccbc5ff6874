//! The framer against everything gateways do to an event stream, cut at every possible place.

use nexdesk_protocol::sse::{Event, Frame, Framer};

/// Name of the case, the bytes, and the events in them, as `name|data`.
type Case = (&'static str, &'static [u8], &'static [&'static str]);

const CORPUS: [Case; 15] = [
    ("plain", b"data: a\n\ndata: b\n\n", &["|a", "|b"]),
    ("carriage returns", b"data: a\r\rdata: b\r\r", &["|a", "|b"]),
    ("both", b"data: a\r\n\r\ndata: b\r\n\r\n", &["|a", "|b"]),
    (
        "mixed",
        b"data: a\r\n\rdata: b\n\r\ndata: c\r\r\ndata: d\r\n\n",
        &["|a", "|b", "|c", "|d"],
    ),
    ("a mark", b"\xEF\xBB\xBFdata: a\n\n", &["|a"]),
    ("a mark and nothing", b"\xEF\xBB\xBF", &[]),
    ("half a mark", b"\xEF\xBB", &["broken"]),
    (
        "a mark inside",
        b"data: a\n\n\xEF\xBB\xBFdata: b\n\ndata: \xEF\xBB\xBFc\n\n",
        &["|a", "|\u{feff}c"],
    ),
    (
        "comments",
        b": hello\n\n:\n\n: x\ndata: a\n: y\n\n\n\n: bye\n\n",
        &["|a"],
    ),
    (
        "names",
        b"event: delta\nid: 7\ndata: a\n\nretry: 9\n\n",
        &["delta|a"],
    ),
    (
        "several lines",
        b"data: {\ndata:  1\ndata: }\n\ndata\n\n",
        &["|{\n 1\n}", "|"],
    ),
    (
        "several lines with both ends",
        b"event: x\r\ndata: {\r\ndata: }\r\n\r\n",
        &["x|{\n}"],
    ),
    ("no space", b"data:a\n\ndata:  b\n\n", &["|a", "| b"]),
    (
        "characters of two to four bytes",
        "data: é灯🚣🏽\n\n".as_bytes(),
        &["|é灯🚣🏽"],
    ),
    ("no text", b"data: \xFF\n\ndata: a\n\n", &["broken", "|a"]),
];

/// Feeds the pieces one by one, and the end.
pub(crate) fn framed(pieces: &[&[u8]]) -> Vec<Frame> {
    let (mut framer, mut found) = (Framer::default(), Vec::new());
    for piece in pieces {
        framer.push(piece, &mut found);
    }
    found.extend(framer.finish());
    found
}

fn shown(frame: Frame) -> String {
    match frame {
        Frame::Event(Event { name, data }) => format!("{name}|{data}"),
        Frame::NotText => "broken".into(),
        Frame::Oversized { bytes } => format!("{bytes} bytes dropped"),
    }
}

fn all(pieces: &[&[u8]]) -> Vec<String> {
    framed(pieces).into_iter().map(shown).collect()
}

#[test]
fn wherever_a_stream_is_cut_it_holds_the_same_events() {
    for (case, bytes, events) in CORPUS {
        assert_eq!(all(&[bytes]), events, "{case}, whole");
        for first in 0..=bytes.len() {
            let (one, rest) = bytes.split_at(first);
            assert_eq!(all(&[one, rest]), events, "{case}, cut at {first}");
            for second in 0..=rest.len() {
                let (two, three) = rest.split_at(second);
                assert_eq!(
                    all(&[one, two, three]),
                    events,
                    "{case}, cut at {first} and {second} more"
                );
            }
        }
        let bytewise: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(all(&bytewise), events, "{case}, byte by byte");
    }
}

#[test]
fn an_event_whose_blank_line_never_comes_is_still_an_event() {
    for end in ["", "\n", "\r", "\r\n"] {
        let stream = format!("data: a\n\ndata: b{end}");
        assert_eq!(all(&[stream.as_bytes()]), ["|a", "|b"], "{end:?}");
    }
}

#[test]
fn nothing_comes_of_nothing() {
    for stream in ["", "\n\n\n", "\r\n\r\n", ": only\n\n: comments\n", "id: 1\n\n"] {
        assert_eq!(all(&[stream.as_bytes()]), [""; 0], "{stream:?}");
    }
}

#[test]
fn what_is_too_large_is_dropped_and_the_next_event_is_read() {
    let large = format!("data: a\n\ndata: {}\n\ndata: b\n\n", "x".repeat(100));
    for step in [1, 7, large.len()] {
        let (mut framer, mut found) = (Framer::with_cap(40), Vec::new());
        for piece in large.as_bytes().chunks(step) {
            framer.push(piece, &mut found);
        }
        let shown: Vec<_> = found.into_iter().map(shown).collect();
        assert_eq!(shown.len(), 3, "pieces of {step}: {shown:?}");
        assert_eq!((shown[0].as_str(), shown[2].as_str()), ("|a", "|b"));
        let dropped: usize = shown[1].trim_end_matches(" bytes dropped").parse().unwrap();
        assert!(
            dropped >= 106,
            "all of it is counted, in pieces of {step}: {dropped}"
        );
    }
}

#[test]
fn what_is_too_large_and_never_ends_is_reported_at_the_end() {
    let (mut framer, mut found) = (Framer::with_cap(8), Vec::new());
    framer.push(b"data: 0123456789", &mut found);
    assert_eq!(found, []);
    assert!(matches!(framer.finish(), Some(Frame::Oversized { bytes: 16.. })));
}

#[test]
fn eight_megabytes_in_small_pieces_are_one_event() {
    let data = "sand".repeat(2 * 1024 * 1024);
    let stream = format!("data: {data}\n\n");
    let (mut framer, mut found, mut kept) = (Framer::default(), Vec::new(), 0);
    for piece in stream.as_bytes().chunks(1024) {
        kept += framer.push(piece, &mut found);
    }
    let [Frame::Event(event)] = found.as_slice() else {
        panic!("{} frames", found.len())
    };
    assert!(event.data == data);
    assert_eq!(
        kept,
        1024.min(stream.len() % 1024),
        "only the last piece holds an end"
    );
}
