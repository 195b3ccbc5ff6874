//! Amounts worked out by hand, one for every way to be billed.

use nexdesk_pricing::{Money, Price, Sizes, Source};
use nexdesk_protocol::talk::{Basis, Usage};

const USD: i64 = 1_000_000_000;
const PRICE: Price = Price {
    cached: Some(1_250_000_000),
    ..Price::tokens(2_500_000_000, 10 * USD, Source::Gateway)
};

fn usage(input: u64, cached: u64, output: u64) -> Usage {
    Usage {
        input: Some(input),
        cached: Some(cached),
        output: Some(output),
        ..Usage::default()
    }
}

#[test]
fn cached_tokens_are_part_of_the_input_and_cost_less() {
    // 260 × 2.50 + 1024 × 1.25 + 356 × 10, all per million
    assert_eq!(
        PRICE.cost(&usage(1284, 1024, 356)),
        Some(Money(650_000 + 1_280_000 + 3_560_000))
    );
    assert_eq!(
        PRICE.cost(&usage(10, 4000, 0)),
        Some(Money(12_500)),
        "more cached than input never pays back"
    );
}

#[test]
fn writing_to_the_cache_sound_and_pictures_cost_what_they_cost() {
    let price = Price {
        cache_write: Some(3 * USD),
        audio_in: Some(100 * USD),
        image_in: Some(8 * USD),
        audio_out: Some(200 * USD),
        image_out: Some(40 * USD),
        ..PRICE
    };
    let all = Usage {
        cache_write: Some(100),
        audio_in: Some(10),
        image_in: Some(20),
        audio_out: Some(5),
        image_out: Some(6),
        ..usage(1000, 200, 50)
    };
    let nano = 670 * 2500
        + 200 * 1250
        + 100 * 3000
        + 10 * 100_000
        + 20 * 8000
        + 39 * 10_000
        + 5 * 200_000
        + 6 * 40_000;
    assert_eq!(price.cost(&all), Some(Money(nano)));
    // Without prices of their own they are input and output like any other.
    assert_eq!(
        PRICE.cost(&all),
        Some(Money(800 * 2500 + 200 * 1250 + 50 * 10_000))
    );
}

#[test]
fn a_missing_count_gives_no_amount_rather_than_a_low_one() {
    let unknown = Usage {
        output: None,
        ..usage(10, 0, 0)
    };
    assert_eq!(PRICE.cost(&unknown), None);
    assert_eq!(
        Price::FREE.cost(&unknown),
        Some(Money::ZERO),
        "free stays free whatever was counted"
    );
    assert_eq!(
        Price::tokens(USD, 0, Source::Gateway).cost(&unknown),
        Some(Money(10_000)),
        "what costs nothing need not be counted"
    );
    for piecewise in [
        Price {
            picture: Some(1),
            ..Price::default()
        },
        Price {
            characters: Some(1),
            ..Price::default()
        },
        Price {
            second: Some(1),
            ..Price::default()
        },
    ] {
        assert_eq!(piecewise.cost(&usage(1, 0, 1)), None, "{piecewise:?}");
    }
}

#[test]
fn pictures_characters_seconds_and_calls_have_prices_of_their_own() {
    let pictures = Price {
        picture: Some(40_000_000),
        ..Price::default()
    };
    let characters = Price {
        characters: Some(15 * USD),
        ..Price::default()
    };
    let seconds = Price {
        second: Some(100_000),
        ..Price::default()
    };
    let calls = Price {
        request: Some(20_000_000),
        ..Price::default()
    };
    let counted = Usage {
        images: Some(2),
        characters: Some(1000),
        milliseconds: Some(8_470),
        ..Usage::default()
    };
    assert_eq!(pictures.cost(&counted), Some(Money(80_000_000)));
    assert_eq!(characters.cost(&counted), Some(Money(15_000_000)));
    assert_eq!(seconds.cost(&counted), Some(Money(847_000)));
    assert_eq!(
        calls.cost(&counted),
        Some(Money(20_000_000)),
        "an exchange is one call"
    );
    assert_eq!(
        calls.cost(&Usage {
            requests: Some(3),
            ..counted
        }),
        Some(Money(60_000_000))
    );
}

#[test]
fn size_and_quality_multiply_as_new_api_does() {
    let dalle = |model: &str| Price {
        picture: Some(40_000_000),
        sizes: Sizes::of_model(model),
        ..Price::default()
    };
    for (model, size, quality, nano) in [
        ("dall-e-2", Some("256x256"), None, 16_000_000),
        ("dall-e-2", Some("512x512"), None, 18_000_000),
        ("dall-e-3", Some("1024x1024"), Some("standard"), 40_000_000),
        ("dall-e-3", Some("1024x1024"), Some("hd"), 80_000_000),
        ("openai/dall-e-3", Some("1792x1024"), None, 80_000_000),
        ("dall-e-3", Some("1024x1792"), Some("hd"), 120_000_000),
        ("dall-e-3", None, None, 40_000_000),
        ("gpt-image-1", Some("1792x1024"), Some("hd"), 40_000_000),
        ("dall-e-3", Some("large"), None, 40_000_000),
    ] {
        let fitted = dalle(model).fitted(size, quality);
        assert_eq!(fitted.picture, Some(nano), "{model} {size:?} {quality:?}");
        assert_eq!(
            fitted.fitted(size, quality),
            fitted,
            "asked twice it stays what it is"
        );
    }
    let film = Price {
        second: Some(300_000_000),
        sizes: Sizes::of_model("sora-2-pro"),
        ..Price::default()
    };
    assert_eq!(film.fitted(Some("1792x1024"), None).second, Some(500_000_100));
}

#[test]
fn a_group_multiplies_everything() {
    let half = PRICE.times("0.5").unwrap();
    assert_eq!(
        (half.input, half.cached, half.output),
        (1_250_000_000, Some(625_000_000), 5 * USD)
    );
    assert!(PRICE.times("0").unwrap().is_free(), "ratio 0 is a free group");
    assert_eq!(PRICE.times("dear"), None);
    assert_eq!(PRICE.times("-1"), None);
    assert_eq!(PRICE.times("1e30"), None);
}

#[test]
fn what_the_gateway_charged_wins_over_our_sum() {
    let told = Usage {
        cost_nano: Some(7),
        ..usage(1_000_000, 0, 0)
    };
    assert_eq!(
        Price::settle(Some(&PRICE), &told),
        (Some(Money(7)), Basis::Reported)
    );
    assert_eq!(Price::settle(None, &usage(1, 0, 1)), (None, Basis::Estimated));
    assert_eq!(
        Price::settle(Some(&Price::FREE), &usage(1, 0, 1)),
        (Some(Money::ZERO), Basis::Reported)
    );
}

#[test]
fn rows_written_before_there_were_other_ways_to_be_billed_are_read() {
    let old = r#"{"input":2500000000,"cached":1250000000,"output":10000000000,"source":"gateway"}"#;
    assert_eq!(serde_json::from_str::<Price>(old).unwrap(), PRICE);
    assert_eq!(
        serde_json::to_string(&PRICE).unwrap(),
        old,
        "and a price by the token is still written that way"
    );
    let piecewise = Price {
        picture: Some(1),
        sizes: Sizes::Dalle3,
        source: Source::User,
        ..Price::default()
    };
    let written = serde_json::to_string(&piecewise).unwrap();
    assert_eq!(serde_json::from_str::<Price>(&written).unwrap(), piecewise);
}
