//! Tools in a conversation, end to end: a real server from npm, the relay and the sandbox's model that calls.

mod bench;
mod leave;
mod lost;
#[path = "../../crates/mcp/tests/mcp/npm.rs"]
mod npm;

use nexdesk_app::chat::{ChatEvent, MessageState, ToolAnswer, ToolState};
use nexdesk_app::problem::ProblemCode;
use nexdesk_app::tools::{McpState, McpTransport, SaveMcpServer, ToolPermission};
use nexdesk_tests::World;
use serde_json::Value;

use bench::{added, asks, calling, everything, says};

const MODEL: &str = "upstream/sandbox-tools";

fn sent(world: &World, place: usize) -> Value {
    serde_json::from_slice(&world.chats_seen()[place].body).unwrap()
}

fn roles(request: &Value) -> Vec<&str> {
    let messages = request["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_call_that_is_allowed_once_is_made_and_the_answer_goes_on_with_its_result() {
    let mut world = World::new().await;
    let server = added(world.app(), "Everything", everything(), &[]).await;
    assert!(server.tools.iter().any(|tool| tool.name == "echo"));

    let settings = calling(&server.id, "Everything__echo");
    let mut answer = asks(world.app(), settings, MODEL, "Say hello, 你好").await;
    let call = answer.asked(world.app(), 0).await;
    let waiting = answer.kept(world.app());
    assert_eq!(waiting.state, MessageState::Streaming, "it waits for the person");
    assert_eq!(world.chats_seen().len(), 1);
    world
        .app()
        .answer_tool_call(&answer.message, &call, ToolAnswer::Once)
        .await
        .unwrap();
    let answer = answer.ended().await;

    let states = [ToolState::Asked, ToolState::Running, ToolState::Done];
    assert_eq!(answer.states(), states);
    let kept = answer.kept(world.app());
    let call = &kept.tool_calls[0];
    assert_eq!(call.result.as_deref(), Some("Echo: Say hello, 你好"));
    assert_eq!(
        (call.server.as_deref(), call.tool.as_deref()),
        (Some("Everything"), Some("echo"))
    );
    assert!(call.took_ms.is_some());
    assert_eq!(kept.state, MessageState::Complete);
    assert!(
        kept.text.contains("Echo: Say hello, 你好"),
        "the model read it: {}",
        kept.text
    );

    let second = sent(&world, 1);
    assert_eq!(roles(&second), ["user", "assistant", "tool"]);
    let (called, result) = (&second["messages"][1], &second["messages"][2]);
    assert_eq!(called["tool_calls"][0]["function"]["name"], "Everything__echo");
    assert_eq!(called["tool_calls"][0]["id"], result["tool_call_id"]);
    assert_eq!(result["content"], "Echo: Say hello, 你好");

    let rows = world.exchanges().await;
    let sum =
        |count: fn(&nexdesk_ledger::ExchangeRow) -> Option<u64>| rows.iter().filter_map(count).sum::<u64>();
    let receipt = kept.receipt.clone().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(receipt.tokens.input, Some(sum(|row| row.input)));
    assert_eq!(receipt.tokens.output, Some(sum(|row| row.output)));
    assert_eq!(receipt.cost.nano, rows.iter().map(|row| row.cost_nano).sum());

    world.reopen();
    assert_eq!(
        answer.kept(world.app()),
        kept,
        "and stands the same after a restart"
    );
    says(world.app(), &answer, "upstream/sandbox-chat", "Thank you").await;
    let third = sent(&world, 2);
    assert_eq!(roles(&third), ["user", "assistant", "tool", "assistant", "user"]);
    assert_eq!(third["messages"][3]["content"], kept.text.trim());
}

#[tokio::test]
async fn pictures_of_a_tool_are_shown_with_its_call_and_a_model_that_calls_for_ever_is_stopped() {
    let world = World::new().await;
    let server = added(world.app(), "Everything", everything(), &[]).await;
    let settings = calling(&server.id, "Everything__get-tiny-image");
    // Behind a picture the sandbox sees no result, and calls again.
    let mut answer = asks(world.app(), settings, MODEL, "Draw").await;
    answer.answers(world.app(), ToolAnswer::Always).await;
    let answer = answer.ended().await;

    let kept = answer.kept(world.app());
    assert_eq!(kept.tool_calls.len(), 25);
    assert_eq!(world.chats_seen().len(), 25);
    let problem = kept.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::NotAllowed);
    assert!(problem.message.contains("25 times"), "{problem}");
    let ids: std::collections::HashSet<_> = kept.tool_calls.iter().map(|call| &call.id).collect();
    assert_eq!(ids.len(), 25, "each call has an id of its own");
    let picture = &kept.tool_calls[0].pictures[0];
    assert!(
        world
            .app()
            .load_picture(picture)
            .unwrap()
            .starts_with("data:image/png;base64,")
    );
    assert!(kept.pictures.is_empty(), "they are not shown twice");
    let second = sent(&world, 1);
    assert_eq!(roles(&second), ["user", "assistant", "tool", "user"]);
    let shown = second["messages"][3]["content"][1]["image_url"]["url"]
        .as_str()
        .unwrap();
    assert!(shown.starts_with("data:image/png;base64,"), "{shown:.60}");
}

#[tokio::test]
async fn a_conversation_that_names_no_server_offers_no_tools() {
    let world = World::new().await;
    added(world.app(), "Everything", everything(), &[]).await;
    let answer = world.window().asks(MODEL, "Hello").await;
    assert_eq!(answer.state, MessageState::Complete);
    assert!(sent(&world, 0).get("tools").is_none());
    let calls = answer.batches.iter().flatten();
    assert!(
        !calls
            .into_iter()
            .any(|event| matches!(event, ChatEvent::Tool { .. }))
    );
}

#[tokio::test]
async fn a_server_that_is_off_lists_the_tools_it_had_when_it_last_ran() {
    let mut world = World::new().await;
    let server = added(world.app(), "Everything", everything(), &[]).await;
    let names = |world: &World| -> Vec<String> {
        let server = world.app().list_mcp_servers().unwrap().remove(0);
        server.tools.into_iter().map(|tool| tool.name).collect()
    };
    let running = names(&world);
    assert!(running.contains(&"echo".to_owned()));

    world.reopen();

    let after = world.app().list_mcp_servers().unwrap().remove(0);
    assert_eq!((after.state, names(&world)), (McpState::Off, running));
    // And what may be done with them can be said before it starts.
    let never = world
        .app()
        .set_tool_permission(&server.id, "echo", ToolPermission::Never);
    never.await.unwrap();
    let tools = world.app().list_mcp_servers().unwrap().remove(0).tools;
    let echo = tools.into_iter().find(|tool| tool.name == "echo").unwrap();
    assert_eq!(echo.permission, ToolPermission::Never);

    let other = SaveMcpServer {
        id: Some(server.id),
        name: server.name,
        transport: McpTransport::Http {
            url: "http://127.0.0.1:9/mcp".into(),
        },
        enabled: false,
        secrets: Vec::new(),
    };
    world.app().save_mcp_server(other).await.unwrap();
    assert_eq!(names(&world), [""; 0], "another program has other tools");
}
