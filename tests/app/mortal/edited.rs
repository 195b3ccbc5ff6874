//! Types a question letter by letter, sends it, types it otherwise, sends that beside the first, and so on, while the
//! answers come. Prints what stands in the composer, what was sent and what was answered, each when it is shown.

use nexdesk_app::App;
use nexdesk_app::chat::{ChatEvent, SendMessage, Sink};
use serde_json::json;

use crate::say;

pub(crate) async fn run(app: &App) {
    let mut conversation: Option<String> = None;
    for number in 0.. {
        let whole = format!("Question {number} about the lighthouse 灯塔");
        for (at, letter) in whole.char_indices() {
            let typed = &whole[..at + letter.len_utf8()];
            app.save_draft(conversation.as_deref(), typed.to_owned(), Vec::new())
                .await;
            say(&json!({ "draft": typed }));
        }
        let of = whole.clone();
        let sink: Sink = Box::new(move |events| {
            for event in events {
                if let ChatEvent::Text { text } = event {
                    say(&json!({ "of": of, "text": text }));
                }
            }
        });
        let ask = SendMessage {
            conversation: conversation.clone(),
            text: whole.clone(),
            model: "sandbox/sandbox-chat".into(),
            ..SendMessage::default()
        };
        let sent = app.send_message(ask, sink).await.unwrap();
        say(&json!({ "sent": whole }));
        let title = format!("Title {number}");
        app.rename_conversation(&sent.conversation.id, &title)
            .await
            .unwrap();
        say(&json!({ "title": title }));
        conversation = Some(sent.conversation.id);
    }
}
