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
        let come = Intake::whole(body.clone());
        let read = read(Interface::Other, &headers, come, &Clock::default()).await;
        let (asked, payload) = read.map_err(|refusal| refusal.message).expect("passes");
        assert_eq!((asked.model_name(), payload.beginning()), ("", &body));
        let refused = super::read(
            Interface::Images,
            &headers,
            Intake::whole(body),
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
        Intake::whole(Bytes::new()),
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
