//! The vocabulary of these tests: real servers, a person who is asked, and conversations that may call.

use std::path::Path;

use nexdesk_app::App;
use nexdesk_app::chat::{ChatEvent, ConversationSettings, SendMessage, ToolAnswer, ToolState};
use nexdesk_app::tools::{McpSecret, McpServer, McpState, McpTransport, SaveMcpServer};
use nexdesk_tests::{Answer, collecting};
use serde_json::json;

use super::npm;

/// A key that must be seen nowhere.
pub(crate) const PLANTED: &str = "sk-planted/4d5e6f7a8b9c";

/// The server-everything of npm, over stdio.
pub(crate) fn everything() -> McpTransport {
    McpTransport::Stdio {
        command: "node".into(),
        args: vec![npm::program("server-everything"), "stdio".into()],
        env: Vec::new(),
    }
}

/// The hand-made server whose tools misbehave; `folder` is where it notes what it saw.
pub(crate) fn rogue(folder: &Path) -> McpTransport {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/mcp/tests/mcp/rogue.mjs");
    McpTransport::Stdio {
        command: "node".into(),
        args: vec![
            script.into(),
            "does well".into(),
            folder.to_string_lossy().into_owned(),
        ],
        env: vec!["ROGUE_API_KEY".into()],
    }
}

/// Adds a server and waits until its tools are there.
pub(crate) async fn added(
    app: &App,
    name: &str,
    transport: McpTransport,
    secrets: &[(&str, &str)],
) -> McpServer {
    let secret = |(name, value): &(&str, &str)| McpSecret {
        name: (*name).into(),
        value: (*value).into(),
    };
    let ask = SaveMcpServer {
        id: None,
        name: name.into(),
        transport,
        enabled: true,
        secrets: secrets.iter().map(secret).collect(),
    };
    let id = app.save_mcp_server(ask).await.unwrap().id;
    // A cold start of Node on a busy machine takes longer than anything else here.
    let mut looks = 0;
    loop {
        if let Some(ready) = server(app, &id) {
            return ready;
        }
        looks += 1;
        assert!(looks < 1_200, "the server {name} never became ready");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

fn server(app: &App, id: &str) -> Option<McpServer> {
    let servers = app.list_mcp_servers().unwrap();
    let found = servers.into_iter().find(|server| server.id == id)?;
    assert_ne!(found.state, McpState::Failed, "{:?}", found.problem);
    (found.state == McpState::Ready).then_some(found)
}

/// What may be called, and what the model is made to call.
pub(crate) fn calling(server: &str, function: &str) -> ConversationSettings {
    let choice = json!({ "tool_choice": { "type": "function", "function": { "name": function } } });
    ConversationSettings {
        mcp_servers: vec![server.into()],
        extra: Some(choice.to_string()),
        ..ConversationSettings::default()
    }
}

/// An answer that is coming, and the person who watches it.
pub(crate) struct Watched {
    pub(crate) message: String,
    pub(crate) conversation: String,
    batches: tokio::sync::mpsc::UnboundedReceiver<Vec<ChatEvent>>,
    pub(crate) heard: Vec<ChatEvent>,
}

/// Asks in a conversation with these settings.
pub(crate) async fn asks(app: &App, settings: ConversationSettings, model: &str, text: &str) -> Watched {
    app.save_conversation_settings(None, settings).await.unwrap();
    let (sink, batches) = collecting();
    let ask = SendMessage {
        text: text.into(),
        model: model.into(),
        ..SendMessage::default()
    };
    let sent = app.send_message(ask, sink).await.unwrap();
    Watched {
        message: sent.answer.id,
        conversation: sent.conversation.id,
        batches,
        heard: Vec::new(),
    }
}

/// Continues an answer.
pub(crate) async fn continues(app: &App, answer: &str) -> Watched {
    let (sink, batches) = collecting();
    let sent = app.continue_answer(answer, sink).await.unwrap();
    Watched {
        message: sent.answer.id,
        conversation: sent.conversation.id,
        batches,
        heard: Vec::new(),
    }
}

impl Watched {
    async fn next(&mut self) {
        let batch = self.batches.recv().await.expect("the answer is still coming");
        self.heard.extend(batch);
    }

    fn state_of(&self, index: u32) -> Option<ToolState> {
        let mut states = self.heard.iter().filter_map(|event| match event {
            ChatEvent::Tool { index: at, state, .. } if *at == index => Some(*state),
            _ => None,
        });
        states.next_back()
    }

    /// Watches until a call is asked about, and gives its id.
    pub(crate) async fn asked(&mut self, app: &App, index: u32) -> String {
        self.until(index, ToolState::Asked).await;
        self.kept(app).tool_calls[index as usize].id.clone()
    }

    /// Watches until a call stands so.
    pub(crate) async fn until(&mut self, index: u32, state: ToolState) {
        while self.state_of(index) != Some(state) {
            self.next().await;
        }
    }

    /// Watches until the first call is asked about, and answers.
    pub(crate) async fn answers(&mut self, app: &App, how: ToolAnswer) {
        let call = self.asked(app, 0).await;
        app.answer_tool_call(&self.message, &call, how).await.unwrap();
    }

    pub(crate) async fn ended(mut self) -> Self {
        while !self
            .heard
            .iter()
            .any(|event| matches!(event, ChatEvent::Ended { .. }))
        {
            self.next().await;
        }
        self
    }

    /// The states the calls went through, as they were shown.
    pub(crate) fn states(&self) -> Vec<ToolState> {
        let state = |event: &ChatEvent| match event {
            ChatEvent::Tool { state, .. } => Some(*state),
            _ => None,
        };
        self.heard.iter().filter_map(state).collect()
    }

    /// The message as it stands when its conversation is opened.
    pub(crate) fn kept(&self, app: &App) -> nexdesk_app::chat::Message {
        nexdesk_tests::Window::of(app.clone()).message(&self.conversation, &self.message)
    }
}

/// What the window was told in all, for those who search it.
pub(crate) fn all(answer: &Watched) -> String {
    format!(
        "{:?} {}",
        answer.heard,
        serde_json::to_string(&answer.heard).unwrap()
    )
}

/// Says something further in a conversation.
pub(crate) async fn says(app: &App, before: &Watched, model: &str, text: &str) -> Answer {
    let window = nexdesk_tests::Window::of(app.clone());
    let coming = window
        .sends(Some(&before.conversation), Some(&before.message), model, text)
        .await;
    coming.ended().await
}
