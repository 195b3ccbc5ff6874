//! What a send would take, told before it is sent.

use nexdesk_app::chat::EstimateAsk;
use nexdesk_app::figures::Basis;
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::World;

const MODEL: &str = "upstream/sandbox-chat";

fn typed(model: &str, text: &str) -> EstimateAsk {
    EstimateAsk {
        conversation: None,
        parent: None,
        text: text.into(),
        attachments: Vec::new(),
        model: model.into(),
    }
}

#[tokio::test]
async fn what_was_sent_before_counts_as_it_was_reported() {
    let world = World::new().await;
    let alone = world
        .app()
        .estimate_send(typed(MODEL, "And then?"))
        .await
        .unwrap();
    assert!(alone.input > 0 && alone.input < 20, "{alone:?}");
    let first = world.window().asks(MODEL, "A long essay, please").await;
    let tokens = first.receipt.unwrap().tokens;
    let before = tokens.input.unwrap() + tokens.output.unwrap();
    let ask = EstimateAsk {
        conversation: Some(first.conversation.clone()),
        parent: Some(first.id.clone()),
        ..typed(MODEL, "And then?")
    };
    let next = world.app().estimate_send(ask).await.unwrap();
    assert_eq!(next.input, before + alone.input);
    let opened = world.app().open_conversation(&first.conversation).unwrap();
    assert_eq!(opened.context_used, Some(before));
}

#[tokio::test]
async fn the_cost_follows_the_price_and_is_none_where_there_is_no_price() {
    let world = World::new().await;
    let free = world
        .app()
        .estimate_send(typed("sandbox/sandbox-chat", "Hello"))
        .await
        .unwrap();
    assert_eq!(
        free.cost.map(|cost| (cost.nano, cost.basis)),
        Some((Some(0), Basis::Estimated))
    );
    let nobody = world
        .app()
        .estimate_send(typed("nowhere/gpt-4.1", "Hello"))
        .await
        .unwrap();
    assert_eq!(nobody.cost, None, "unknown is not zero");
    assert_eq!((nobody.context_window, nobody.fits), (Some(1_047_576), true));
}

#[tokio::test]
async fn what_does_not_fit_and_what_a_model_cannot_see_is_told() {
    let world = World::new().await;
    let long = world
        .app()
        .estimate_send(typed("upstream/gpt-4", &"lamp ".repeat(20_000)))
        .await
        .unwrap();
    assert!(!long.fits && long.context_window == Some(8192), "{long:?}");
    let sound = world
        .app()
        .attach_file("a.txt", "", b"words".to_vec())
        .await
        .unwrap();
    let ask = EstimateAsk {
        attachments: vec![sound.id.clone()],
        ..typed("upstream/gpt-4", "Hello")
    };
    let fine = world.app().estimate_send(ask).await.unwrap();
    assert!(fine.refused.is_empty(), "text goes to everybody: {fine:?}");
    let gone = EstimateAsk {
        attachments: vec!["gone".into()],
        ..typed("upstream/gpt-4", "Hello")
    };
    assert_eq!(
        world.app().estimate_send(gone).await.unwrap_err().code,
        ProblemCode::NotFound
    );
}
