//! The Chat panel: conversations as trees of messages, and answers as they come.

mod answer;
mod attachments;
mod batch;
mod calls;
mod compaction;
mod compare;
mod conversations;
mod estimate;
mod export;
mod habits;
mod hearing;
mod history;
mod import;
mod interrupted;
mod joint;
mod library;
mod opened;
mod prompts;
mod queue;
mod receipt;
mod running;
mod screenshot;
mod search;
mod settings;
mod titles;
mod tools;
mod turn;
mod view;

pub use attachments::{Attachment, AttachmentKind};
pub use batch::ChatEvent;
pub use calls::{ToolCall, ToolState};
pub use estimate::{Estimate, EstimateAsk, Refusal};
pub use export::{ExportFormat, Page, Reader};
pub use habits::Habits;
pub use import::{ImportReport, LeftOut};
pub use interrupted::InterruptedAnswer;
pub use library::{ConversationTotal, Folder};
pub use prompts::{Prompt, PromptKind};
pub use queue::{QueueMessage, QueuedMessage};
pub(crate) use running::Running;
pub use search::SearchHit;
pub use settings::ConversationSettings;
pub(crate) use tools::Asked;
pub use tools::ToolAnswer;
pub use turn::{SendMessage, Sent};
pub use view::{
    Citation, Compaction, Conversation, ConversationSummary, Message, MessageState, NewDraft, Receipt, Role,
};

/// Where the events of an answer go: a channel to the window, the terminal, a test.
pub type Sink = Box<dyn Fn(Vec<ChatEvent>) + Send + Sync>;
