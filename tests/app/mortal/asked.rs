//! The life that is killed while it asks whether a tool may be called.

use nexdesk_app::App;
use nexdesk_app::chat::{ChatEvent, ConversationSettings, SendMessage, Sink, ToolState};
use nexdesk_app::tools::{McpSecret, SaveMcpServer};
use serde_json::json;

use crate::say;

pub(crate) async fn run(app: &App, transport: &str, question: String) {
    let secret = McpSecret {
        name: "ROGUE_API_KEY".into(),
        value: "of-this-life".into(),
    };
    let ask = SaveMcpServer {
        id: None,
        name: "Rogue".into(),
        transport: serde_json::from_str(transport).unwrap(),
        enabled: true,
        secrets: vec![secret],
    };
    let server = app.save_mcp_server(ask).await.unwrap().id;
    let settings = ConversationSettings {
        mcp_servers: vec![server],
        ..ConversationSettings::default()
    };
    app.save_conversation_settings(None, settings).await.unwrap();
    let sink: Sink = Box::new(|events| {
        let asks = |event: &ChatEvent| {
            matches!(
                event,
                ChatEvent::Tool {
                    state: ToolState::Asked,
                    ..
                }
            )
        };
        if events.iter().any(asks) {
            say(&json!({ "asked": true }));
        }
    });
    let ask = SendMessage {
        text: question,
        model: "sandbox/sandbox-tools".into(),
        ..SendMessage::default()
    };
    app.send_message(ask, sink).await.unwrap();
    std::future::pending().await
}
