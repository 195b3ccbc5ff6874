//! The person at the window: sends messages through the app, sees batches of events come, and sees them end.

use nexdesk_app::App;
use nexdesk_app::chat::{ChatEvent, Message, MessageState, Receipt, SendMessage, Sent, Sink};
use nexdesk_app::problem::Problem;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A caller through the app.
#[derive(Clone)]
pub struct Window {
    app: App,
}

/// An answer that is still coming.
pub struct Coming {
    /// What sending it gave.
    pub sent: Sent,
    batches: UnboundedReceiver<Vec<ChatEvent>>,
    heard: Vec<Vec<ChatEvent>>,
}

/// An answer that has ended.
#[derive(Debug)]
pub struct Answer {
    /// Its id.
    pub id: String,
    /// Its conversation.
    pub conversation: String,
    /// Every message to the window, in order; the last one holds the end.
    pub batches: Vec<Vec<ChatEvent>>,
    /// How it ended.
    pub state: MessageState,
    /// What it took.
    pub receipt: Option<Receipt>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

/// A sink, and where its batches arrive.
#[must_use]
pub fn collecting() -> (Sink, UnboundedReceiver<Vec<ChatEvent>>) {
    let (batch, batches) = unbounded_channel();
    let sink: Sink = Box::new(move |events| drop(batch.send(events)));
    (sink, batches)
}

impl Window {
    /// A person at the window of `app`.
    #[must_use]
    pub fn of(app: App) -> Self {
        Self { app }
    }

    /// Begins a conversation and waits for the end of the answer.
    pub async fn asks(&self, model: &str, text: &str) -> Answer {
        self.begins(model, text).await.ended().await
    }

    /// Sends a message as it is and waits for the end of the answer.
    ///
    /// # Panics
    /// When it cannot be sent.
    pub async fn asks_with(&self, ask: SendMessage) -> Answer {
        let (sink, batches) = collecting();
        let sent = self.app.send_message(ask, sink).await.unwrap();
        Coming::new(sent, batches).ended().await
    }

    /// Begins a conversation.
    pub async fn begins(&self, model: &str, text: &str) -> Coming {
        self.sends(None, None, model, text).await
    }

    /// Says something in a conversation, behind `parent`.
    ///
    /// # Panics
    /// When it cannot be sent.
    pub async fn sends(
        &self,
        conversation: Option<&str>,
        parent: Option<&str>,
        model: &str,
        text: &str,
    ) -> Coming {
        let (sink, batches) = collecting();
        let ask = SendMessage {
            conversation: conversation.map(str::to_owned),
            parent: parent.map(str::to_owned),
            text: text.to_owned(),
            model: model.to_owned(),
            ..SendMessage::default()
        };
        let sent = self.app.send_message(ask, sink).await.unwrap();
        Coming::new(sent, batches)
    }

    /// Asks for an answer once more.
    ///
    /// # Panics
    /// When it cannot be.
    pub async fn retries(&self, answer: &str, model: &str) -> Coming {
        let (sink, batches) = collecting();
        Coming::new(self.app.retry_answer(answer, model, sink).await.unwrap(), batches)
    }

    /// Asks for the rest of an answer.
    ///
    /// # Panics
    /// When it cannot be.
    pub async fn continues(&self, answer: &str) -> Coming {
        let (sink, batches) = collecting();
        Coming::new(self.app.continue_answer(answer, sink).await.unwrap(), batches)
    }

    /// A message as it stands when its conversation is opened.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn message(&self, conversation: &str, id: &str) -> Message {
        let opened = self.app.open_conversation(conversation).unwrap();
        let found = opened.messages.into_iter().find(|message| message.id == id);
        found.expect("the message is in its conversation")
    }
}

impl Coming {
    fn new(sent: Sent, batches: UnboundedReceiver<Vec<ChatEvent>>) -> Self {
        Self {
            sent,
            batches,
            heard: Vec::new(),
        }
    }

    /// Watches until that much text has come.
    ///
    /// # Panics
    /// When the answer ends first.
    pub async fn until(&mut self, characters: usize) -> String {
        while text(&self.heard).chars().count() < characters {
            let batch = self.batches.recv().await.expect("the answer is still coming");
            assert!(!is_end(&batch), "the answer ended first: {batch:?}");
            self.heard.push(batch);
        }
        text(&self.heard)
    }

    /// Watches to the end.
    ///
    /// # Panics
    /// When there is none.
    pub async fn ended(mut self) -> Answer {
        loop {
            let batch = self.batches.recv().await.expect("an answer has an end");
            let end = is_end(&batch);
            self.heard.push(batch);
            if end {
                break;
            }
        }
        let Some(ChatEvent::Ended {
            state,
            receipt,
            problem,
            ..
        }) = self.heard.last().and_then(|batch| batch.last()).cloned()
        else {
            panic!("the end comes last: {:?}", self.heard.last());
        };
        Answer {
            id: self.sent.answer.id,
            conversation: self.sent.conversation.id,
            batches: self.heard,
            state,
            receipt: receipt.map(|receipt| *receipt),
            problem: problem.map(|problem| *problem),
        }
    }
}

impl Answer {
    /// What was said.
    #[must_use]
    pub fn text(&self) -> String {
        text(&self.batches)
    }

    /// What was thought.
    #[must_use]
    pub fn reasoning(&self) -> String {
        let events = self.batches.iter().flatten();
        let thoughts = events.filter_map(|event| match event {
            ChatEvent::Reasoning { text } => Some(text.as_str()),
            _ => None,
        });
        thoughts.collect()
    }

    /// The ids of the pictures.
    #[must_use]
    pub fn pictures(&self) -> Vec<String> {
        let events = self.batches.iter().flatten();
        let pictures = events.filter_map(|event| match event {
            ChatEvent::Picture { id } => Some(id.clone()),
            _ => None,
        });
        pictures.collect()
    }
}

fn is_end(batch: &[ChatEvent]) -> bool {
    batch.iter().any(|event| matches!(event, ChatEvent::Ended { .. }))
}

fn text(batches: &[Vec<ChatEvent>]) -> String {
    let events = batches.iter().flatten();
    let texts = events.filter_map(|event| match event {
        ChatEvent::Text { text } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
