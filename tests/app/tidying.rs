//! The ledger's limits, as the person hears of them.

use nexdesk_ledger::Limits;
use nexdesk_tests::World;

fn is_told(world: &World) -> bool {
    let notices = world.app().status().unwrap().notices;
    notices.iter().any(|notice| notice.id == "ledger-too-big")
}

#[tokio::test]
async fn a_ledger_that_cannot_be_held_within_its_size_is_told_of_until_it_fits() {
    let world = World::new().await;
    world.app().tidy_up().unwrap();
    assert!(!is_told(&world));

    world.app().limit_ledger(Limits {
        size: 4096,
        ..Limits::default()
    });
    world.app().tidy_up().unwrap();
    assert!(is_told(&world));

    world.app().limit_ledger(Limits::default());
    world.app().tidy_up().unwrap();
    assert!(!is_told(&world));
}
