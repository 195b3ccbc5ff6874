//! Starts on bad ground: a damaged database, a directory somebody holds, one that cannot be made.

use std::fs;

use nexdesk_app::{App, Opening, ProblemCode};
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Window, World, open, options};
use tempfile::TempDir;

#[tokio::test]
async fn a_damaged_database_is_kept_aside_and_the_person_is_told_where() {
    let mut world = World::new().await;
    world.window().asks("upstream/sandbox-chat", "Hello").await;
    world.close();
    let file = world.data_dir().join("nexdesk.db");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 8;
    bytes[100..100 + middle].fill(0x5A);
    fs::write(&file, &bytes).unwrap();

    world.reopen();

    let notices = world.app().status().unwrap().notices;
    let notice = notices
        .iter()
        .find(|notice| notice.id == "database-set-aside")
        .expect("a notice");
    let aside = fs::read_dir(world.data_dir())
        .unwrap()
        .map(|entry| entry.unwrap());
    let aside = aside.map(|entry| entry.file_name().into_string().unwrap());
    let aside: Vec<_> = aside
        .filter(|name| name.contains("corrupt-") && name.contains("nexdesk"))
        .collect();
    assert!(
        aside
            .iter()
            .any(|name| notice.problem.message.contains(name.as_str())),
        "{} names one of {aside:?}",
        notice.problem
    );
    let kept = aside
        .iter()
        .find(|name| notice.problem.message.contains(name.as_str()))
        .unwrap();
    assert_eq!(
        fs::read(world.data_dir().join(kept)).unwrap(),
        bytes,
        "to the last byte"
    );
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    assert_eq!(answer.text(), answer_to("Hello"), "and everything works");
    world.app().dismiss_notice("database-set-aside");
    assert!(world.app().status().unwrap().notices.is_empty());
}

#[tokio::test]
async fn a_second_start_is_told_who_holds_the_directory() {
    let world = World::new().await;
    let Ok(Opening::Held(held)) = App::open(options(&world.data_dir())) else {
        panic!("two apps on one directory would each take the other's answers for broken ones");
    };
    assert_eq!(held.process, Some(std::process::id()));
    assert_eq!(held.problem.code, ProblemCode::DataDirHeld);
    let sentence = held.problem.to_string();
    assert!(
        sentence.contains(&std::process::id().to_string()) && sentence.contains("Close it"),
        "{sentence}"
    );
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    assert_eq!(answer.text(), answer_to("Hello"), "the first one noticed nothing");
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let dir = TempDir::new().unwrap();
    let blocked = dir.path().join("file");
    fs::write(&blocked, "in the way").unwrap();
    let Err(problem) = App::open(options(&blocked.join("data"))) else {
        panic!("there is a file in the way");
    };
    assert_eq!(problem.code, ProblemCode::StorageReadOnly);
    assert!(
        problem.message.contains(blocked.to_str().unwrap()) && problem.remedy.is_some(),
        "{problem}"
    );
    assert_eq!(fs::read_to_string(&blocked).unwrap(), "in the way");
}

#[tokio::test]
async fn without_an_http_door_the_window_works_all_the_same() {
    let dir = TempDir::new().unwrap();
    let app = open(options(dir.path()));
    let relay = app.status().unwrap().relay;
    assert_eq!(
        (relay.state, relay.url),
        (nexdesk_app::status::RelayState::Stopped, None)
    );
    let answer = Window::of(app.clone())
        .asks("sandbox/sandbox-chat", "Hello")
        .await;
    assert_eq!(answer.text(), answer_to("Hello"));
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn everything_set_up_is_there_after_a_restart() {
    let mut world = World::new().await;
    let token = world.app().create_token("Cursor").await.unwrap().token;
    world.window().asks("upstream/sandbox-chat", "Hello").await;
    let rows = world.exchanges().await;
    let (gateways, models) = (
        world.app().list_gateways().unwrap(),
        world.app().list_models().unwrap(),
    );
    world.reopen();
    assert_eq!(world.app().list_tokens().unwrap()[0].id, token.id);
    assert_eq!(world.exchanges().await, rows);
    assert_eq!(world.app().list_models().unwrap(), models);
    let names = |list: Vec<nexdesk_app::keys::Gateway>| -> Vec<_> {
        list.into_iter()
            .map(|gateway| (gateway.id, gateway.name, gateway.keys.len()))
            .collect()
    };
    assert_eq!(names(world.app().list_gateways().unwrap()), names(gateways));
    let answer = world.window().asks("sandbox/sandbox-chat", "Hello").await;
    assert_eq!(
        answer.text(),
        answer_to("Hello"),
        "the sandbox has another port now"
    );
}
