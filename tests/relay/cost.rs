//! What an exchange cost: exact where the price is known, unknown where it is not, nothing on this computer.

use nexdesk_ledger::Basis;
use nexdesk_tests::{Replay, World};

/// Upstream's price list: sandbox-chat is 0.15 USD a million in, half of it cached, 0.60 USD out.
const IN: i64 = 150;
const CACHED: i64 = 75;
const OUT: i64 = 600;

#[tokio::test]
async fn a_known_price_gives_an_amount_exact_to_the_nano_dollar() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let question = "What is a lighthouse? ".repeat(40);
    for turn in ["first", "second, from the prompt cache"] {
        let heard = cursor.streams("upstream/sandbox-chat", &question).await;
        let (input, cached, output) = heard.usage().expect("usage was asked for");
        let kept = world.last_exchange().await;
        assert_eq!(
            (kept.input, kept.cached, kept.output),
            (Some(input), Some(cached), Some(output)),
            "{turn}"
        );
        assert_eq!(kept.tokens_basis, Basis::Reported);
        assert_eq!(cached > 0, turn != "first", "the gateway caches whole prompts");
        let [input, cached, output] = [input, cached, output].map(u64::cast_signed);
        let exact = (input - cached) * IN + cached * CACHED + output * OUT;
        assert_eq!(kept.cost_nano, Some(exact), "{turn}");
        assert_eq!(
            kept.cost_basis,
            Basis::Estimated,
            "our sum, not the gateway's bill"
        );
        assert!(
            kept.price.is_some(),
            "the price it was worked out with stands beside it"
        );
    }
}

#[tokio::test]
async fn a_whole_answer_costs_the_same_as_a_streamed_one() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    cursor.asks("upstream/sandbox-chat", "Hello").await;
    let whole = world.last_exchange().await;
    cursor.streams("upstream/sandbox-chat", "Hello").await;
    let streamed = world.last_exchange().await;
    assert_eq!(whole.cost_nano, streamed.cost_nano);
    assert!(whole.cost_nano.is_some_and(|nano| nano > 0));
}

#[tokio::test]
async fn an_unknown_price_is_unknown_and_not_zero() {
    let world = World::new().await;
    world
        .cursor()
        .await
        .streams("upstream/sandbox-bad-job", "Hello")
        .await;
    let kept = world.last_exchange().await;
    assert_eq!((kept.cost_nano, kept.tokens_basis), (None, Basis::Reported));
    assert_eq!(world.app().today().unwrap().0.unpriced, 1);
}

#[tokio::test]
async fn the_built_in_sandbox_costs_nothing_and_says_so() {
    let world = World::new().await;
    world
        .cursor()
        .await
        .streams("sandbox/sandbox-chat", "Hello")
        .await;
    assert_eq!(world.last_exchange().await.cost_nano, Some(0));
    assert_eq!(world.app().today().unwrap().0.unpriced, 0);
}

#[tokio::test]
async fn usage_that_was_asked_for_on_the_callers_behalf_is_counted_and_not_shown() {
    let world = World::new().await;
    let quiet = "{\"model\":\"upstream/sandbox-chat\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    let heard = world.cursor().await.posts(quiet).await;
    assert!(heard.is_done() && heard.usage().is_none());
    let hollow = heard
        .events()
        .into_iter()
        .filter(|event| event.contains("\"choices\":[]"));
    assert_eq!(
        hollow.count(),
        0,
        "who did not ask for usage gets no chunk without a choice"
    );
    let kept = world.last_exchange().await;
    assert_eq!(kept.tokens_basis, Basis::Reported);
    let seen = world.chats_seen().remove(0);
    assert_eq!(
        String::from_utf8(seen.body.to_vec()).unwrap(),
        quiet
            .replacen('{', "{\"stream_options\":{\"include_usage\":true},", 1)
            .replace("upstream/sandbox-chat", "sandbox-chat"),
        "and nothing but the model's name was changed"
    );
}

#[tokio::test]
async fn tokens_nobody_reported_are_estimated_and_marked() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    let heard = cursor.streams("upstream/sandbox-bad-no-usage", "Hello").await;
    assert_eq!(heard.usage(), None);
    let kept = world.last_exchange().await;
    assert_eq!(
        (kept.tokens_basis, kept.cost_basis),
        (Basis::Estimated, Basis::Estimated)
    );
    let said = nexdesk_sandbox::count_tokens(&heard.text());
    let counted = kept.output.unwrap();
    assert!(
        counted * 2 > said && counted < said * 2,
        "{counted} is near {said}, by another rule of thumb"
    );
}

#[tokio::test]
async fn what_the_gateway_says_it_charged_wins() {
    let answer = b"{\"choices\":[{\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}],\
        \"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"cost\":0.000012345}}";
    let gateway = Replay::of("HTTP/1.1 200 OK\r\nContent-Type: application/json", answer);
    let world = World::new().await;
    world
        .add_gateway_with_key("Replay", &gateway.url(), "sk-replay")
        .await;
    world.cursor().await.asks("replay/anything", "Hello").await;
    let kept = world.last_exchange().await;
    assert_eq!((kept.cost_nano, kept.cost_basis), (Some(12_345), Basis::Reported));
}
