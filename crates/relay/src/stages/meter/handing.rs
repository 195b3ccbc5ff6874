//! What the caller is handed, and with it the exchange's account: closed where all is known, else open until the last
//! byte has passed.

use http::header::CONTENT_LENGTH;
use nexdesk_ledger::Outcome;
use nexdesk_protocol::refusal::Refusal;

use super::Entry;
use crate::refuse;
use crate::reply::{Body, Reply, Signature};
use crate::stages::attempt::{Answered, Content, Unanswered};
use crate::stages::passage::{self, Metered, Tunnelled};

pub(crate) fn watch(answered: Answered, mut entry: Entry) -> Reply {
    let Answered {
        status,
        mut headers,
        length,
        content,
        came,
    } = answered;
    entry.status = Some(status.as_u16());
    let model = match &content {
        Content::Whole(_, reader) => reader.model(),
        Content::Events(_) | Content::Passing(_) | Content::Tunnel(_) => None,
    };
    let signature = entry.sign(model);
    if let Some(watched) = &mut entry.watched {
        watched.hear_head(&headers, &signature);
    }
    let body = match content {
        Content::Whole(body, reader) => {
            entry.hear(&body);
            entry.settle(Outcome::Ok, None, Some(&reader), Some(came));
            Body::whole(body)
        }
        Content::Events(flow) => Body::coming(Metered::new(entry, passage::Content::Events(flow))),
        Content::Passing(mut passing) => {
            if let Some(length) = length {
                if let Some(length) = length.to_str().ok().and_then(|length| length.parse().ok()) {
                    passing.promise(length);
                }
                headers.insert(CONTENT_LENGTH, length);
            }
            Body::coming(Metered::new(entry, passage::Content::Passing(passing)))
        }
        Content::Tunnel(tunnel) => Body::tunnel(Tunnelled { entry, tunnel }),
    };
    Reply {
        status,
        headers,
        signature,
        body,
    }
}

/// Nobody answered: the last gateway's own words if it had any, else ours.
pub(crate) fn give_up(unanswered: Unanswered, mut entry: Entry) -> Reply {
    let Unanswered {
        gateway,
        failure,
        said,
    } = unanswered;
    let mut reply = match said {
        Some(said) => Reply {
            status: said.status,
            headers: said.headers,
            signature: Signature::default(),
            body: Body::whole(said.body),
        },
        None => Reply::refusal(&refuse::failed(&gateway, &failure), entry.dialect),
    };
    entry.status = Some(reply.status.as_u16());
    reply.signature = entry.sign(None);
    entry.hear_all(&reply);
    entry.settle(Outcome::Failed, Some(failure.kind.code()), None, None);
    reply
}

/// No gateway was even asked.
pub(crate) fn refuse(refusal: &Refusal, mut entry: Entry) -> Reply {
    entry.status = Some(refusal.status);
    let mut reply = Reply::refusal(refusal, entry.dialect);
    reply.signature = entry.sign(None);
    entry.hear_all(&reply);
    entry.settle(Outcome::Failed, Some(refusal.code), None, None);
    reply
}
