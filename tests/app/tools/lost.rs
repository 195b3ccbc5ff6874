//! What may be lost and what not: a server that dies, a process killed while it asks, a key that must not be seen.

use nexdesk_app::chat::{MessageState, ToolAnswer, ToolState};
use nexdesk_tests::{World, open, options};
use tempfile::TempDir;

use super::MODEL;
use super::bench::{PLANTED, added, all, asks, calling, continues, rogue};
use crate::mortality::Mortal;
use crate::secrets::files_with;

#[tokio::test]
async fn a_server_that_dies_in_a_call_fails_it_and_the_answer_goes_on() {
    let world = World::new().await;
    let folder = TempDir::new().unwrap();
    let server = added(
        world.app(),
        "Rogue",
        rogue(folder.path()),
        &[("ROGUE_API_KEY", PLANTED)],
    )
    .await;
    let settings = calling(&server.id, "Rogue__die");
    let mut answer = asks(world.app(), settings, MODEL, "Die").await;
    answer.answers(world.app(), ToolAnswer::Once).await;
    let answer = answer.ended().await;
    let kept = answer.kept(world.app());
    assert_eq!(kept.tool_calls[0].state, ToolState::Failed);
    let result = kept.tool_calls[0].result.as_deref().unwrap();
    assert!(result.starts_with("Rogue broke off"), "{result}");
    assert!(
        kept.text.contains("Rogue broke off"),
        "the model read it: {}",
        kept.text
    );
    assert_eq!(kept.state, MessageState::Complete);
}

#[tokio::test]
async fn a_question_is_still_asked_after_the_process_was_killed() {
    let (dir, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let transport = serde_json::to_string(&rogue(folder.path())).unwrap();
    let mortal = Mortal::begun(dir.path(), &["asks", &transport, "Say it again"]);
    mortal.killed_when(|line| line["asked"] == true).await;

    let app = open(options(dir.path()));
    let conversation = app.list_conversations(None).unwrap().remove(0).id;
    let opened = app.open_conversation(&conversation).unwrap();
    let answer = opened.messages.into_iter().next_back().unwrap();
    assert_eq!(answer.state, MessageState::Interrupted);
    let call = answer.tool_calls[0].clone();
    assert_eq!(
        (call.state, call.tool.as_deref()),
        (ToolState::Asked, Some("echo"))
    );
    // The key was in the memory of the process that was killed.
    let server = app.list_mcp_servers().unwrap().remove(0);
    let secret = nexdesk_app::tools::McpSecret {
        name: "ROGUE_API_KEY".into(),
        value: PLANTED.into(),
    };
    let again = nexdesk_app::tools::SaveMcpServer {
        id: Some(server.id),
        name: server.name,
        transport: server.transport,
        enabled: true,
        secrets: vec![secret],
    };
    app.save_mcp_server(again).await.unwrap();

    app.answer_tool_call(&answer.id, &call.id, ToolAnswer::Once)
        .await
        .unwrap();
    let twice = app
        .answer_tool_call(&answer.id, &call.id, ToolAnswer::Refuse)
        .await;
    assert!(twice.is_err(), "it was answered already");
    let rest = continues(&app, &answer.id).await.ended().await;
    assert_eq!(
        rest.states(),
        [ToolState::Running, ToolState::Done],
        "it does not ask again"
    );
    let kept = rest.kept(&app);
    assert_eq!((kept.state, kept.tool_calls.len()), (MessageState::Complete, 1));
    assert!(!kept.text.is_empty(), "the answer went on");
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn a_key_of_a_server_is_found_nowhere_not_even_when_its_tool_prints_it() {
    crate::secrets::listen();
    let mut world = World::new().await;
    let folder = TempDir::new().unwrap();
    let mut events = world.app().events();
    let server = added(
        world.app(),
        "Rogue",
        rogue(folder.path()),
        &[("ROGUE_API_KEY", PLANTED)],
    )
    .await;
    let settings = calling(&server.id, "Rogue__env");
    let mut answer = asks(world.app(), settings, MODEL, "Print it").await;
    answer.answers(world.app(), ToolAnswer::Once).await;
    let answer = answer.ended().await;
    let kept = answer.kept(world.app());
    let result = kept.tool_calls[0].result.clone().unwrap();
    assert!(
        result.contains("ROGUE_API_KEY"),
        "it really was printed: {result}"
    );

    let mut said = format!(
        "{} {kept:?} {:?}",
        all(&answer),
        world.app().list_mcp_servers().unwrap()
    );
    while let Ok(event) = events.try_recv() {
        said.push_str(&format!("{event:?}"));
    }
    for seen in world.chats_seen() {
        said.push_str(&String::from_utf8_lossy(&seen.body));
    }
    world.close();
    assert!(!said.contains(PLANTED), "something says it: {said}");
    assert_eq!(files_with(&world.data_dir(), PLANTED), [""; 0]);
    let logged = crate::secrets::logged();
    let line = logged.lines().find(|line| line.contains(PLANTED));
    assert_eq!(line, None, "a line of the log holds it");
    assert!(
        logged.contains("DEBUG nexdesk") && logged.contains("TRACE"),
        "the log was really listened to"
    );
}
