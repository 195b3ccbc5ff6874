//! What a person says to calls: no, always, never, and stop.

use nexdesk_app::chat::{MessageState, ToolAnswer, ToolState};
use nexdesk_app::tools::{SaveMcpServer, ToolPermission};
use nexdesk_tests::World;
use tempfile::TempDir;

use super::MODEL;
use super::bench::{PLANTED, added, asks, calling, everything, rogue};

fn permission(world: &World, tool: &str) -> ToolPermission {
    let servers = world.app().list_mcp_servers().unwrap();
    let tool = servers[0].tools.iter().find(|found| found.name == tool);
    tool.expect("it is listed").permission
}

#[tokio::test]
async fn a_call_that_is_refused_is_not_made_and_the_model_is_told() {
    let world = World::new().await;
    let server = added(world.app(), "Everything", everything(), &[]).await;
    let settings = calling(&server.id, "Everything__echo");
    let mut answer = asks(world.app(), settings, MODEL, "Hello").await;
    answer.answers(world.app(), ToolAnswer::Refuse).await;
    let answer = answer.ended().await;
    assert_eq!(answer.states(), [ToolState::Asked, ToolState::Refused]);
    let kept = answer.kept(world.app());
    assert!(kept.text.contains("did not allow this call"), "{}", kept.text);
    assert_eq!(kept.state, MessageState::Complete);
}

#[tokio::test]
async fn always_asks_once_and_never_does_not_ask_until_the_server_becomes_another() {
    let world = World::new().await;
    let server = added(world.app(), "Everything", everything(), &[]).await;
    let settings = || calling(&server.id, "Everything__echo");
    let mut first = asks(world.app(), settings(), MODEL, "One").await;
    first.answers(world.app(), ToolAnswer::Always).await;
    first.ended().await;
    assert_eq!(permission(&world, "echo"), ToolPermission::Always);
    let second = asks(world.app(), settings(), MODEL, "Two").await.ended().await;
    assert_eq!(second.states(), [ToolState::Running, ToolState::Done]);

    let never = world
        .app()
        .set_tool_permission(&server.id, "echo", ToolPermission::Never);
    never.await.unwrap();
    let third = asks(world.app(), settings(), MODEL, "Three").await.ended().await;
    assert_eq!(third.states(), [ToolState::Refused]);

    let folder = TempDir::new().unwrap();
    let other = SaveMcpServer {
        id: Some(server.id.clone()),
        name: server.name.clone(),
        transport: rogue(folder.path()),
        enabled: true,
        secrets: Vec::new(),
    };
    world.app().save_mcp_server(other).await.unwrap();
    assert!(
        world
            .app()
            .ledger()
            .tool_permissions(&server.id)
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn stopping_answers_the_question_and_cancels_what_runs() {
    let world = World::new().await;
    let folder = TempDir::new().unwrap();
    let secret = [("ROGUE_API_KEY", PLANTED)];
    let server = added(world.app(), "Rogue", rogue(folder.path()), &secret).await;
    let settings = || calling(&server.id, "Rogue__wait");

    let mut asked = asks(world.app(), settings(), MODEL, "One").await;
    asked.asked(world.app(), 0).await;
    world.app().stop_answer(&asked.message);
    let asked = asked.ended().await;
    assert_eq!(asked.states(), [ToolState::Asked, ToolState::Refused]);
    assert_eq!(asked.kept(world.app()).state, MessageState::Stopped);
    assert!(!folder.path().join("waiting").exists(), "it was never called");

    let mut running = asks(world.app(), settings(), MODEL, "Two").await;
    running.answers(world.app(), ToolAnswer::Once).await;
    nexdesk_tests::soon("the tool is at it", async || {
        folder.path().join("waiting").exists().then_some(())
    })
    .await;
    world.app().stop_answer(&running.message);
    let running = running.ended().await;
    let kept = running.kept(world.app());
    assert_eq!(
        (kept.state, kept.tool_calls[0].state),
        (MessageState::Stopped, ToolState::Failed)
    );
    nexdesk_tests::soon("the server was told", async || {
        folder.path().join("cancelled").exists().then_some(())
    })
    .await;
}
