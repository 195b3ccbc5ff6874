//! Bills: what a request was charged by, as it stood at the time.

use nexdesk_app::bill::{Bill, BillLine, Billed};
use nexdesk_app::problem::ProblemCode;
use nexdesk_tests::World;

#[tokio::test]
async fn the_lines_of_a_bill_add_up_to_what_the_request_cost() {
    let world = World::new().await;
    let cursor = world.cursor().await;
    cursor.streams("upstream/sandbox-chat", "Hello").await;
    let row = world.last_exchange().await;
    let bill = world.app().bill(&row.id).unwrap();
    assert!(bill.source.is_some());

    let [input, output] = [Billed::Input, Billed::Output].map(|what| line(&bill, what));
    assert_eq!((input.count, output.count), (row.input, row.output));
    let cached = row.cached.unwrap_or(0);
    let of_cache = bill.lines.iter().find(|line| line.what == Billed::Cached);
    let of_cache = of_cache.and_then(|line| line.nano).or(input.nano).unwrap();
    let parts = [
        (row.input.unwrap() - cached, input.nano.unwrap()),
        (cached, of_cache),
        (row.output.unwrap(), output.nano.unwrap()),
    ];
    let millionths: i64 = parts
        .iter()
        .map(|(count, nano)| i64::try_from(*count).unwrap() * nano)
        .sum();
    assert!(millionths > 0, "it has a price");
    assert_eq!(row.cost_nano, Some((millionths + 500_000) / 1_000_000));
}

#[tokio::test]
async fn there_is_no_bill_for_a_request_that_nobody_made() {
    let world = World::new().await;
    let refused = world.app().bill("no-such-request").unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotFound);
}

fn line(bill: &Bill, what: Billed) -> BillLine {
    let found = bill.lines.iter().find(|line| line.what == what);
    *found.expect("the bill has a line for it")
}
