//! Bodies as they come in: what has to be understood, what passes as it is, and edits across pieces.

use super::*;

#[tokio::test]
async fn what_nobody_has_to_understand_goes_to_the_gateway_as_it_is() {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, "multipart/form-data".parse().expect("a header"));
    for body in [
        Bytes::from_static(b"no form at all"),
        Bytes::from(vec![b'x'; HELD_FORM + 1]),
    ] {
        let come = Intake::Whole(body.clone());
        let read = read(Interface::Other, &headers, come, &Clock::default()).await;
        let (asked, payload) = read.map_err(|refusal| refusal.message).expect("passes");
        assert_eq!((asked.model_name(), payload.beginning()), ("", &body));
        let refused = super::read(
            Interface::Images,
            &headers,
            Intake::Whole(body),
            &Clock::default(),
        )
        .await;
        assert!(
            refused.is_err(),
            "a picture is paid for, so it must be known what is ordered"
        );
    }
}

#[tokio::test]
async fn what_has_no_body_asks_for_nothing() {
    let read = read(
        Interface::Responses,
        &HeaderMap::new(),
        Intake::Whole(Bytes::new()),
        &Clock::default(),
    )
    .await;
    assert!(read.is_ok_and(|(asked, _)| asked.model.is_none() && !asked.stream));
}

#[test]
fn an_edit_is_made_wherever_the_pieces_are_cut() {
    let body = b"{\"file\":\"xxxxxxxxxx\",\"model\":\"long/name\",\"n\":1}";
    let at = 29..40;
    assert_eq!(&body[at.clone()], b"\"long/name\"");
    for cut in 1..body.len() {
        let mut edits = vec![Edit {
            at: at.clone(),
            text: "\"name\"".into(),
        }];
        let mut seen = 0;
        let out: Vec<u8> = body
            .chunks(cut)
            .flat_map(|piece| edited(Bytes::copy_from_slice(piece), &mut seen, &mut edits))
            .collect();
        assert_eq!(
            String::from_utf8_lossy(&out),
            "{\"file\":\"xxxxxxxxxx\",\"model\":\"name\",\"n\":1}",
            "cut every {cut}"
        );
    }
}

fn in_pieces(pieces: Vec<&'static [u8]>) -> Pieces {
    stream::iter(pieces.into_iter().map(|piece| Ok(Bytes::from_static(piece)))).boxed()
}

async fn all(mut pieces: Pieces) -> Vec<u8> {
    let mut all = Vec::new();
    while let Some(piece) = pieces.next().await {
        all.extend_from_slice(&piece.expect("a piece"));
    }
    all
}

#[tokio::test]
async fn a_large_conversation_is_had_again_from_its_beginning_wherever_the_first_gateway_left_it() {
    for read in 0..5 {
        let file = tempfile::tempfile().expect("a file");
        let kept = Kept::new(
            file,
            0,
            Some(in_pieces(vec![b"one ", b"two ", b"three ", b"four"])),
        );
        let mut first = kept.pieces();
        for _ in 0..read {
            assert!(first.next().await.is_some());
        }
        drop(first);
        assert!(kept.can_go_again());
        assert_eq!(
            all(kept.pieces()).await,
            b"one two three four",
            "left after {read}"
        );
        assert_eq!(all(kept.pieces()).await, b"one two three four", "and once more");
    }
}

#[tokio::test]
async fn on_a_full_disk_an_upload_still_passes_once_and_never_with_a_hole_in_it() {
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("a full disk");
    let piece: &'static [u8] = &[b'x'; 4096];
    let kept = Kept::new(full, 0, Some(in_pieces(vec![piece; 2000])));
    let mut first = kept.pieces();
    for _ in 0..1990 {
        assert_eq!(
            first.next().await.expect("a piece").expect("passes").len(),
            piece.len()
        );
    }
    assert!(!kept.can_go_again());
    let again = kept.pieces().next().await.expect("an answer");
    assert!(again.is_err(), "what is gone is not made up");
    for _ in 0..10 {
        assert!(first.next().await.is_some_and(|piece| piece.is_ok()));
    }
    assert!(first.next().await.is_none());
}
