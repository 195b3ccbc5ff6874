//! Asking with everything that goes with it: settings, files, several models at once, what waits, what is summarised.

mod attached;
mod compacted;
mod compared;
mod continued;
mod estimated;
mod library;
mod queued;
mod set;

use nexdesk_app::chat::{ConversationSettings, SendMessage};
use nexdesk_tests::World;
use serde_json::Value;

/// The body of the last chat request that Upstream got.
fn last_sent(world: &World) -> Value {
    let seen = world.chats_seen();
    serde_json::from_slice(&seen.last().expect("something was sent").body).unwrap()
}

fn asking(model: &str, text: &str) -> SendMessage {
    SendMessage {
        text: text.into(),
        model: model.into(),
        ..SendMessage::default()
    }
}

fn plain() -> ConversationSettings {
    ConversationSettings::default()
}
