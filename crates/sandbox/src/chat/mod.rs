//! `POST /v1/chat/completions`: from the request to what is said, what it costs, and how it is sent.

mod broken_body;
pub(crate) mod broken_stream;
pub(crate) mod legacy;
pub(crate) mod misbehave;
pub(crate) mod prose;
pub(crate) mod request;
mod spoken;
mod tools;
mod voice;
pub(crate) mod wire;

use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
use crate::models::{Kind, admit};
use crate::pictures::Scene;
use crate::reply::Reply;
use crate::server::Gateway;
use crate::{Pace, clock, refusal};

use misbehave::Fault;
use request::Ask;
pub(crate) use spoken::{Spoken, ToolCall, Usage};

/// An answer before it is put into a dialect.
pub(crate) struct Answer {
    pub(crate) spoken: Spoken,
    pub(crate) usage: Option<Usage>,
    pub(crate) fault: Option<Fault>,
}

/// Thinks about a question, in whatever dialect it was asked.
pub(crate) async fn answer(gateway: &Gateway, call: &Call, ask: &Ask) -> Result<Answer, Reply> {
    let fault = admit(gateway, call, &ask.model, Kind::Chat)?;
    let mut spoken = speak(gateway, ask, fault).await?.within(ask.limit, &ask.stops);
    match fault {
        Some(Fault::Length) => spoken.finish = "length",
        Some(Fault::Filter) => spoken.finish = "content_filter",
        _ => {}
    }
    let usage = Usage::of(gateway, call, ask, &spoken);
    Ok(Answer {
        spoken,
        usage: (fault != Some(Fault::NoUsage)).then_some(usage),
        fault,
    })
}

/// Sends a stream, or a whole body, as the fault would.
pub(crate) fn send(
    gateway: &Gateway,
    ask: &Ask,
    fault: Option<Fault>,
    whole: Value,
    trouble: &Value,
    script: impl FnOnce() -> wire::Script,
) -> Reply {
    let reply = if ask.stream && fault != Some(Fault::Json) {
        broken_stream::act(fault, &script(), pace(gateway, &ask.model))
    } else {
        broken_body::act(fault, whole, trouble)
    };
    misbehave::late(reply, fault)
}

/// Answers one chat request.
pub(crate) async fn complete(gateway: &Gateway, call: &Call) -> Result<Reply, Reply> {
    let ask = Ask::read(call)?;
    let Answer { spoken, usage, fault } = answer(gateway, call, &ask).await?;
    let head = wire::Head {
        id: gateway.fresh_id("chatcmpl-sandbox-"),
        created: clock::unix_now(),
        model: &ask.model,
    };
    let whole = wire::whole(&head, &spoken, usage);
    Ok(send(
        gateway,
        &ask,
        fault,
        whole,
        &refusal::inside_a_200(),
        || wire::script(&head, &spoken, usage, ask.include_usage),
    ))
}

fn pace(gateway: &Gateway, model: &str) -> Pace {
    let pace = gateway.settings.pace;
    match model {
        "sandbox-fast" => pace.min(Pace(Duration::from_millis(1))),
        "sandbox-slow" => Pace(Duration::from_millis(200)),
        _ => pace,
    }
}

async fn speak(gateway: &Gateway, ask: &Ask, fault: Option<Fault>) -> Result<Spoken, Reply> {
    if fault.is_some() {
        return Ok(Spoken::text(misbehave::full_text(&ask.model)));
    }
    Ok(match ask.model.as_str() {
        "sandbox-tools" => tools::answer(gateway, ask),
        "sandbox-picture" => {
            let png = Scene::of(&ask.question, 256, 256).draw().await?;
            let images = vec![crate::pictures::data_url(&png)];
            Spoken {
                images,
                ..Spoken::text(prose::picture_line(&ask.question))
            }
        }
        "sandbox-reasoning" if ask.thinks => Spoken {
            reasoning: prose::reasoning(&ask.question),
            ..Spoken::text(ask.answer())
        },
        _ => Spoken::text(ask.answer()),
    })
}
