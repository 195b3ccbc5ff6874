//! A process killed in the middle of an answer or of an edit: nothing that was shown is missing, and the next one goes
//! on.

use nexdesk_app::App;
use nexdesk_app::chat::{Message, MessageState, Role};
use nexdesk_sandbox::answer_to;
use nexdesk_tests::{Window, open, options};
use serde_json::Value;
use tempfile::TempDir;

use crate::mortality::{Mortal, random};

const QUESTION: &str = "A long essay about lighthouses, please";
/// How often a life is killed, at a moment that nobody chose.
const LIVES: usize = 4;

/// What an answer had shown when its process was killed.
struct Shown {
    text: String,
    reasoning: String,
}

/// Lets it talk for so many characters and kills it.
async fn killed(dir: &TempDir, model: &str, characters: usize) -> Shown {
    let mortal = Mortal::begun(dir.path(), &["tells", model, QUESTION]);
    let mut heard = 0;
    let enough = |line: &Value| {
        heard += word(line, "text").len() + word(line, "reasoning").len();
        heard >= characters
    };
    let said = mortal.killed_when(enough).await;
    Shown {
        text: said.iter().map(|line| word(line, "text")).collect(),
        reasoning: said.iter().map(|line| word(line, "reasoning")).collect(),
    }
}

fn word<'a>(line: &'a Value, name: &str) -> &'a str {
    line[name].as_str().unwrap_or_default()
}

fn answer(app: &App) -> (String, Message) {
    let conversation = app.list_conversations(None).unwrap().remove(0).id;
    let opened = app.open_conversation(&conversation).unwrap();
    let answer = opened
        .messages
        .into_iter()
        .find(|message| message.role == Role::Assistant);
    (conversation, answer.unwrap())
}

#[tokio::test]
async fn nothing_of_an_answer_that_was_shown_is_missing_and_it_can_be_continued() {
    for life in 0..LIVES {
        let dir = TempDir::new().unwrap();
        let shown = killed(&dir, "sandbox/sandbox-chat", 1 + random(1_200)).await;

        let app = open(options(dir.path()));

        let (conversation, kept) = answer(&app);
        assert!(
            kept.text.starts_with(&shown.text) && !shown.text.is_empty(),
            "kept: {:?}\nshown before: {:?}",
            kept.text,
            shown.text
        );
        assert!(
            answer_to(QUESTION).starts_with(&kept.text),
            "and nothing that was not said"
        );
        assert_eq!(kept.state, MessageState::Interrupted);
        let (rows, _) = app.ledger().exchanges(None, 10).unwrap();
        assert_eq!(
            rows[0].outcome,
            nexdesk_ledger::Outcome::Interrupted,
            "in Usage as well"
        );
        if life > 0 {
            app.close(std::time::Duration::from_secs(5));
            continue;
        }

        let window = Window::of(app.clone());
        let rest = window.continues(&kept.id).await.ended().await;
        assert_eq!(rest.state, MessageState::Complete);
        let whole = window.message(&conversation, &kept.id).text;
        assert!(whole.ends_with(&rest.text()) && whole.starts_with(&kept.text));
        assert!(
            whole == answer_to(QUESTION),
            "the two are joined without a seam: {whole:.400}"
        );
        app.close(std::time::Duration::from_secs(5));
    }
}

#[tokio::test]
async fn nor_is_anything_of_what_the_model_thought_aloud() {
    for _ in 0..LIVES {
        let dir = TempDir::new().unwrap();
        let shown = killed(&dir, "sandbox/sandbox-reasoning", 1 + random(600)).await;
        let app = open(options(dir.path()));
        let (_, kept) = answer(&app);
        assert!(
            kept.reasoning.starts_with(&shown.reasoning) && !shown.reasoning.is_empty(),
            "kept: {:?}\nshown before: {:?}",
            kept.reasoning,
            shown.reasoning
        );
        assert!(kept.text.starts_with(&shown.text), "{:?}", kept.text);
        app.close(std::time::Duration::from_secs(5));
    }
}

#[tokio::test]
async fn nothing_typed_sent_or_renamed_is_missing_when_the_process_is_killed_in_an_edit() {
    for _ in 0..LIVES {
        let dir = TempDir::new().unwrap();
        let steps = 1 + random(250);
        let mut heard = 0;
        let enough = |_: &Value| {
            heard += 1;
            heard >= steps
        };
        let said = Mortal::begun(dir.path(), &["edits"]).killed_when(enough).await;

        let app = open(options(dir.path()));

        let conversation = app.list_conversations(None).unwrap().pop();
        let opened = conversation.map(|one| app.open_conversation(&one.id).unwrap());
        let messages = opened.iter().flat_map(|one| &one.messages);
        let messages: Vec<&Message> = messages.collect();
        let asked = |text: &str| {
            messages
                .iter()
                .find(|one| one.role == Role::User && one.text == text)
        };
        for line in &said {
            if let Some(text) = line["sent"].as_str() {
                let own = asked(text).expect("what was sent is there");
                let answered = messages.iter().any(|one| one.parent.as_ref() == Some(&own.id));
                assert!(answered, "with a place for its answer");
            }
        }
        for text in said.iter().filter_map(|line| line["of"].as_str()) {
            let own = asked(text).expect("what is answered is there");
            let lines = said.iter().filter(|line| line["of"] == text);
            let shown: String = lines.map(|line| word(line, "text")).collect();
            let answer = messages.iter().find(|one| one.parent.as_ref() == Some(&own.id));
            let kept = &answer.unwrap().text;
            assert!(
                kept.starts_with(&shown),
                "kept: {kept:?}\nshown before: {shown:?}"
            );
        }
        if let Some(typed) = said.iter().filter_map(|line| line["draft"].as_str()).next_back() {
            let draft = match &opened {
                Some(opened) => opened.draft.clone(),
                None => app.new_draft().unwrap().text,
            };
            assert!(
                draft.starts_with(typed) || asked(typed).is_some(),
                "typed: {typed:?}, kept: {draft:?}"
            );
        }
        if let Some(title) = said.iter().filter_map(|line| line["title"].as_str()).next_back() {
            let number = |title: &str| {
                title
                    .strip_prefix("Title ")
                    .and_then(|rest| rest.parse::<u32>().ok())
            };
            let kept = opened.as_ref().and_then(|one| number(&one.summary.title));
            assert!(kept >= number(title), "named {title}, kept: {kept:?}");
        }
        app.close(std::time::Duration::from_secs(5));
    }
}

#[tokio::test]
async fn what_one_restart_has_saved_the_next_one_finds_unchanged() {
    let dir = TempDir::new().unwrap();
    killed(&dir, "sandbox/sandbox-chat", 200).await;
    let app = open(options(dir.path()));
    let (_, first) = answer(&app);
    app.close(std::time::Duration::from_secs(5));
    let app = open(options(dir.path()));
    let (_, second) = answer(&app);
    assert_eq!(first, second);
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn what_waited_still_waits_and_the_broken_answer_is_offered_until_it_was_seen() {
    let dir = TempDir::new().unwrap();
    killed(&dir, "sandbox/sandbox-chat", 200).await;

    let app = open(options(dir.path()));

    let (conversation, kept) = answer(&app);
    let opened = app.open_conversation(&conversation).unwrap();
    let waiting: Vec<_> = opened.queue.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(waiting, ["And this after it"]);
    let offered = app.interrupted_answers().unwrap();
    let [offer] = offered.as_slice() else {
        panic!("one answer broke off: {offered:?}");
    };
    assert_eq!((&offer.conversation, &offer.message), (&conversation, &kept.id));
    assert!(kept.text.ends_with(&offer.text) && !offer.text.is_empty());

    app.dismiss_interrupted().await.unwrap();
    assert!(app.interrupted_answers().unwrap().is_empty());
    app.close(std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn after_an_orderly_end_nothing_is_offered() {
    let dir = TempDir::new().unwrap();
    killed(&dir, "sandbox/sandbox-chat", 200).await;
    open(options(dir.path())).close(std::time::Duration::from_secs(5));
    let app = open(options(dir.path()));
    assert!(app.interrupted_answers().unwrap().is_empty());
    let (_, kept) = answer(&app);
    assert_eq!(
        kept.state,
        MessageState::Interrupted,
        "it stays in its conversation"
    );
    app.close(std::time::Duration::from_secs(5));
}
