//! What must hold of any price and any count.

use nexdesk_pricing::{Money, Price, Source};
use nexdesk_protocol::talk::Usage;
use proptest::option::of;
use proptest::prelude::*;

fn price(most: i64) -> impl Strategy<Value = Price> {
    let amount = move || 0..=most;
    let tokens = (
        amount(),
        amount(),
        of(amount()),
        of(amount()),
        of(amount()),
        of(amount()),
        of(amount()),
        of(amount()),
    );
    let pieces = (of(amount()), of(amount()), of(amount()), of(amount()));
    (tokens, pieces).prop_map(
        |(
            (input, output, cached, cache_write, audio_in, audio_out, image_in, image_out),
            (picture, characters, second, request),
        )| Price {
            cached,
            cache_write,
            audio_in,
            audio_out,
            image_in,
            image_out,
            picture,
            characters,
            second,
            request,
            ..Price::tokens(input, output, Source::Gateway)
        },
    )
}

fn usage(most: u64) -> impl Strategy<Value = Usage> {
    let count = move || 0..=most;
    let part = move || of(0..=most);
    (
        (count(), count(), part(), part(), part(), part()),
        (part(), part(), count(), count(), count(), part()),
    )
        .prop_map(
            |(
                (input, output, cached, cache_write, audio_in, audio_out),
                (image_in, image_out, images, characters, milliseconds, requests),
            )| Usage {
                input: Some(input),
                output: Some(output),
                cached,
                cache_write,
                audio_in,
                audio_out,
                image_in,
                image_out,
                images: Some(images),
                characters: Some(characters),
                milliseconds: Some(milliseconds),
                requests,
                ..Usage::default()
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn the_parts_make_the_whole_and_are_rounded_once(price in price(1 << 26), usage in usage(1 << 24)) {
        let parts: i128 = price.parts(&usage).unwrap().iter().map(|(_, amount)| amount).sum();
        let Money(nano) = price.cost(&usage).unwrap();
        prop_assert!((i128::from(nano) * 1_000_000 - parts).abs() <= 500_000);
    }

    #[test]
    fn every_token_is_billed_once(usage in usage(1 << 40)) {
        // At one price for all of them, the parts are of no matter.
        let flat = Price::tokens(1_000_000, 1_000_000, Source::Gateway);
        let plain = Usage { input: usage.input, output: usage.output, ..Usage::default() };
        prop_assert_eq!(flat.cost(&usage), flat.cost(&plain));
        prop_assert_eq!(flat.cost(&usage).map(|Money(nano)| nano as u64), Some(usage.input.unwrap() + usage.output.unwrap()));
    }

    #[test]
    fn more_never_costs_less(price in price(1 << 26), usage in usage(1 << 24), more in 1_u64..1000, which in 0..6) {
        // Where the parts are more than the whole they are cut to fit, and more of the whole only moves the cut.
        let sum = |parts: &[Option<u64>]| parts.iter().flatten().sum::<u64>();
        let usage = Usage {
            input: usage.input.map(|input| input + sum(&[usage.cached, usage.cache_write, usage.audio_in, usage.image_in])),
            output: usage.output.map(|output| output + sum(&[usage.audio_out, usage.image_out])),
            ..usage
        };
        let mut larger = usage;
        let field = match which {
            0 => &mut larger.input,
            1 => &mut larger.output,
            2 => &mut larger.images,
            3 => &mut larger.characters,
            4 => &mut larger.milliseconds,
            _ => &mut larger.requests,
        };
        *field = Some(field.unwrap_or(1) + more);
        prop_assert!(price.cost(&larger) >= price.cost(&usage));
    }

    #[test]
    fn a_dearer_price_never_costs_less(price in price(1 << 26), usage in usage(1 << 24)) {
        let dearer = price.times("1.5").unwrap();
        prop_assert!(dearer.cost(&usage) >= price.cost(&usage));
    }

    #[test]
    fn no_figure_is_too_large_to_be_refused(price in price(i64::MAX), usage in usage(u64::MAX)) {
        // What does not fit is no amount; it is never a wrong one, and never a crash.
        if let Some(Money(nano)) = price.cost(&usage) {
            let parts: i128 = price.parts(&usage).unwrap().iter().map(|(_, amount)| amount).sum();
            prop_assert!(nano >= 0 && (i128::from(nano) * 1_000_000 - parts).abs() <= 500_000);
        }
    }
}

#[test]
fn the_largest_figures_of_all_are_no_crash() {
    let most = Usage {
        input: Some(u64::MAX),
        output: Some(u64::MAX),
        images: Some(u64::MAX),
        characters: Some(u64::MAX),
        milliseconds: Some(u64::MAX),
        requests: Some(u64::MAX),
        ..Usage::default()
    };
    let dearest = Price {
        second: Some(i64::MAX),
        picture: Some(i64::MAX),
        ..Price::tokens(i64::MAX, i64::MAX, Source::User)
    };
    assert_eq!(dearest.cost(&most), None);
    assert_eq!(
        dearest.fitted(Some("1792x1792"), Some("hd")).picture,
        Some(i64::MAX)
    );
}
