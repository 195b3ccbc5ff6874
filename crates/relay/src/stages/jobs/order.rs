//! An order on its way: to whoever speaks what the caller speaks as it is, to everybody else as a job of ours. Each key
//! gets it once, and nobody gets it after somebody may have taken it.

use http::StatusCode;
use nexdesk_ledger::{JobRow, Submission};
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_upstream::jobs::{Order as Wish, Tongue, What};
use nexdesk_upstream::{Failure, Key, Kind, Limits, Whole};
use serde_json::Value;
use tokio::sync::oneshot;

use super::super::attempt::{self, Order, Try, Unanswered};
use super::super::authenticate::Caller;
use super::super::converse;
use super::super::meter::{self, Entry};
use super::super::plan::{Candidate, Why};
use super::{Work, content_type, family, orderer, passes, settle};
use crate::Relay;
use crate::jobs::{Orderer, Refused, Target, Told};
use crate::reply::Reply;

/// Pictures that come along with an order are turned into base64, so all of it is held.
const LARGEST: usize = 128 * 1024 * 1024;

/// Why nobody took it, and whether somebody else may be asked.
struct Untaken {
    unanswered: Unanswered,
    goes_on: bool,
}

/// Who gets an order, in turn.
struct Rounds<'a> {
    relay: &'a Relay,
    work: Work,
    orderer: Orderer,
    /// The order once it was read.
    wish: Option<Wish>,
}

pub(crate) async fn order(
    relay: &Relay,
    caller: &Caller,
    work: Work,
    order: &mut Order<'_>,
    candidates: Vec<Candidate>,
    mut entry: Entry,
) -> Reply {
    let mut rounds = Rounds {
        relay,
        work,
        orderer: orderer(caller, &entry),
        wish: None,
    };
    let mut last = None;
    let alike = |a: &Candidate, b: &Candidate| passes(relay, work, order, a) == passes(relay, work, order, b);
    let runs: Vec<Vec<Candidate>> = candidates.chunk_by(alike).map(<[_]>::to_vec).collect();
    for mut run in runs {
        if passes(relay, work, order, &run[0]) {
            let unanswered = match attempt::until_one_answers(relay, order, run.clone(), &mut entry).await {
                Ok(answered) => return meter::watch(answered, entry),
                Err(unanswered) => unanswered,
            };
            let goes_on = order.retry(&unanswered.failure).other_gateway;
            last = Some(unanswered);
            run.retain(|one| work.what == What::Film && entry.lacks(&one.gateway.name));
            if !goes_on {
                break;
            }
            rounds.learn(&run);
        }
        if run.is_empty() {
            continue;
        }
        if let Err(refusal) = rounds.read(order).await {
            return meter::refuse(&refusal, entry);
        }
        match rounds.go(&run, &mut entry).await {
            Ok(job) => return answer(relay, work.tongue, job, rounds.wish, entry).await,
            Err(untaken) => {
                last = Some(untaken.unanswered);
                if !untaken.goes_on {
                    break;
                }
            }
        }
    }
    match last {
        Some(unanswered) => meter::give_up(unanswered, entry),
        None => meter::refuse(
            &Refusal::new(503, "no_gateway", "There was nobody to ask."),
            entry,
        ),
    }
}

/// Another film out of one of ours, by whoever made that.
pub(super) async fn remix(
    relay: &Relay,
    id: &str,
    orderer: Orderer,
    order: &mut Order<'_>,
    mut entry: Entry,
) -> Reply {
    let Some(from) = relay.0.jobs.find(id, orderer.id.as_deref()) else {
        return meter::refuse(&crate::jobs::unknown(id), entry);
    };
    let body = order
        .payload
        .bytes()
        .and_then(|body| serde_json::from_slice(body).ok());
    let body: Value = body.unwrap_or_default();
    let Some(prompt) = body.get("prompt").and_then(Value::as_str) else {
        let said = "A remix needs a “prompt”.";
        return meter::refuse(&Refusal::new(400, "invalid_input", said), entry);
    };
    let maker = relay.0.directory.load().gateway(&from.gateway_id).cloned();
    if let Some(gateway) = maker {
        let maker = Candidate {
            gateway: gateway.clone(),
            model: from.model.clone(),
            key: from.key_id.clone(),
            why: Why::Made,
        };
        if let Err(refusal) = entry.narrow(vec![maker], false, relay.0.clock.unix_ms()) {
            return meter::refuse(&refusal, entry);
        }
        let key = gateway
            .keys
            .iter()
            .find(|key| Some(&key.id) == from.key_id.as_ref());
        entry.goes_to(&gateway, key, &from.model);
    }
    match relay.0.jobs.remix(&from, prompt, orderer).await {
        Ok(job) => answer(relay, Tongue::OpenAiVideos, job, None, entry).await,
        Err(refused) => meter::give_up(unanswered(&from.gateway, refused), entry),
    }
}

impl Rounds<'_> {
    /// A gateway that has no `/v1/videos` is a new-api, and one that has no `/v1/video/generations` is not.
    fn learn(&self, lacking: &[Candidate]) {
        for one in lacking
            .iter()
            .filter(|_| self.work.tongue == Tongue::OpenAiVideos)
        {
            self.relay.0.jobs.learn_new_api(&one.gateway.id);
        }
    }

    async fn read(&mut self, order: &mut Order<'_>) -> Result<(), Refusal> {
        if self.wish.is_none() {
            let body = order.payload.hold(LARGEST).await?;
            let read = Wish::read(self.work.what, content_type(order), body).await;
            let read = read.map_err(|failure| Refusal::new(400, failure.kind.code(), failure.message))?;
            self.wish = Some(read);
        }
        Ok(())
    }

    async fn go(&self, run: &[Candidate], entry: &mut Entry) -> Result<JobRow, Untaken> {
        let mut last = None;
        for one in run {
            match self.gateway(one, entry).await {
                Ok(job) => return Ok(job),
                Err(untaken) => {
                    let stops = !untaken.goes_on;
                    last = Some(untaken);
                    if stops {
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| nobody("Nexdesk")))
    }

    /// One gateway, with its keys in turn.
    async fn gateway(&self, one: &Candidate, entry: &mut Entry) -> Result<JobRow, Untaken> {
        let Candidate { gateway, model, .. } = one;
        let plain = |failure| Refused { failure, said: None };
        let now = self.relay.0.clock.instant();
        let keys = attempt::keys(self.relay, gateway, model, one.key.as_deref(), now)
            .map_err(|failure| untaken(&gateway.name, plain(failure)))?;
        let mut last = None;
        for key in keys {
            let target = Target {
                gateway_id: gateway.id.clone(),
                gateway: gateway.name.clone(),
                base: gateway.base.clone(),
                key: key.map(|key| Key {
                    id: key.id.clone(),
                    auth: gateway.provider.auth,
                }),
                family: family(self.relay, self.work, one),
                model: model.clone(),
            };
            match self.key(&Try { gateway, key, model }, target, entry).await {
                Ok(job) => return Ok(job),
                Err(refused) => {
                    let other_key = refused.failure.retry_job().other_key;
                    last = Some(untaken(&gateway.name, refused));
                    if !other_key {
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| nobody(&gateway.name)))
    }

    async fn key(&self, one: &Try<'_>, target: Target, entry: &mut Entry) -> Result<JobRow, Refused> {
        let Some(wish) = self.wish.clone() else {
            return Err(nothing());
        };
        entry.goes_to(one.gateway, one.key, one.model);
        let began = self.relay.0.clock.instant();
        let made = self.relay.0.jobs.create(wish, target, self.orderer.clone()).await;
        let doubt = made.as_ref().ok().and_then(doubt);
        let heard = match (&made, &doubt) {
            (Err(refused), _) => Err(&refused.failure),
            (Ok(_), Some(doubt)) => Err(doubt),
            (Ok(_), None) => Ok((StatusCode::OK, Limits::default())),
        };
        let interface = match self.work.what {
            What::Film => Interface::Video,
            What::Picture | What::Edit | What::Variation => Interface::Images,
        };
        if heard.is_ok() {
            self.relay.0.health.serves(&one.gateway.id, interface);
        }
        let now = self.relay.0.clock.now();
        attempt::learn(self.relay, interface, entry, one, (began, now), heard);
        made
    }
}

/// Films are asked for later, pictures are waited for. From here on the job goes its way whether anybody listens.
async fn answer(relay: &Relay, tongue: Tongue, job: JobRow, wish: Option<Wish>, mut entry: Entry) -> Reply {
    if tongue != Tongue::OpenAiImages {
        let reply = relay.0.jobs.ordered(&job, tongue).into();
        let (reply, held) = entry.goes_on(&job, reply);
        settle::set_apart(relay, &job, held).await;
        return reply;
    }
    entry.is_about(&job.id);
    let (tell, told) = oneshot::channel();
    let (jobs, ledger) = (relay.0.jobs.clone(), relay.0.ledger.clone());
    relay.spawn(async move {
        let format = wish.and_then(|wish| wish.format);
        let drawn: Told = jobs.drawn(&job, format.as_deref()).await;
        if tell.is_closed() {
            entry.caller_left();
        }
        let job = ledger.job(&job.id).ok().flatten().unwrap_or(job);
        // Whoever left has nothing to hear.
        let _ = tell.send(entry.ends_with(&job, drawn.into()));
    });
    told.await.unwrap_or_else(|_| {
        let said = "Nexdesk is closing. What was ordered goes on, and is fetched when it is opened again.";
        Reply::refusal(&Refusal::new(503, "closing", said), Dialect::OpenAi)
    })
}

/// Nobody knows whether the gateway has it: to the key and the gateway that is a failure, to the caller it is a job.
fn doubt(job: &JobRow) -> Option<Failure> {
    let said = job.error_message.clone().unwrap_or_default();
    (job.submission == Submission::Unknown).then(|| Failure::new(Kind::Interrupted, said))
}

fn untaken(gateway: &str, refused: Refused) -> Untaken {
    Untaken {
        goes_on: refused.failure.retry_job().other_gateway,
        unanswered: unanswered(gateway, refused),
    }
}

/// The gateway's own words where they are in the caller's shape: other families have errors of their own.
fn unanswered(gateway: &str, refused: Refused) -> Unanswered {
    let said = refused.said.filter(|said| {
        let body: Option<Value> = serde_json::from_slice(&said.body).ok();
        body.is_some_and(|body| body.get("error").is_some_and(Value::is_object))
    });
    Unanswered {
        gateway: gateway.to_owned(),
        failure: refused.failure,
        said: said.map(|said| Whole {
            headers: converse::incoming_headers(said.headers),
            ..said
        }),
    }
}

fn nobody(gateway: &str) -> Untaken {
    untaken(gateway, nothing())
}

fn nothing() -> Refused {
    let failure = Failure::new(Kind::NoKey, "this gateway has no key that may be asked");
    Refused { failure, said: None }
}
