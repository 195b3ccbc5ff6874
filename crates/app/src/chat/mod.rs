//! The Chat panel: conversations as trees of messages, and answers as they come.

mod answer;
mod batch;
mod conversations;
mod history;
mod turn;
mod view;

pub(crate) use answer::Running;
pub use batch::ChatEvent;
pub use turn::{SendMessage, Sent};
pub use view::{Conversation, ConversationSummary, Message, MessageState, Receipt, Role, ToolCall};

/// Where the events of an answer go: a channel to the window, the terminal, a test.
pub type Sink = Box<dyn Fn(Vec<ChatEvent>) + Send + Sync>;
