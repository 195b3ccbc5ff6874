//! Sending an order exactly once.
//!
//! There is no idempotency key, and orders are billed. So the row is written first, and afterwards an order is either
//! taken, or refused for certain (then it may go elsewhere, and the row goes), or in doubt (then nobody sends it
//! again, whatever happens).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use nexdesk_ledger::{JobRow, JobState, Submission, new_id};
use nexdesk_upstream::jobs::{CallParts, Created, Family, Order, What, address, turns_away};
use nexdesk_upstream::{Answer, Call, Failure, Kind, Outgoing, Whole};

use super::{Jobs, Orderer, Refused, Target};

/// What became of an order.
enum Verdict {
    Taken(Box<Created>),
    Refused(Box<Refused>),
    Doubtful(String),
}

impl Jobs {
    /// Orders something. The row is as the gateway left it: queued, done already, or failed because nobody knows
    /// whether the gateway has the order.
    ///
    /// # Errors
    /// When it was not taken, for certain.
    pub async fn create(&self, order: Order, target: Target, orderer: Orderer) -> Result<JobRow, Refused> {
        let asked = order.model.clone();
        let order = Order {
            model: target.model.clone(),
            ..order
        };
        let row = self.fresh(&order, asked, orderer);
        let sent = self.submit(row.clone(), &order, &target).await;
        match sent {
            // It is no OpenAI after all. Nothing was taken: there is nobody at that address.
            Err(refused) if target.family == Family::OpenAi && refused.failure.kind == Kind::NotServed => {
                self.learn_new_api(&target.gateway_id);
                let target = Target {
                    family: Family::NewApi,
                    ..target
                };
                self.submit(row, &order, &target).await
            }
            sent => sent,
        }
    }

    /// Orders another film out of one that is done.
    ///
    /// # Errors
    /// When this family cannot, or the order was not taken, for certain.
    pub async fn remix(&self, from: &JobRow, prompt: &str, orderer: Orderer) -> Result<JobRow, Refused> {
        let target = self.target(from).ok_or_else(|| {
            gone(format!(
                "The gateway “{}” that made this film was removed.",
                from.gateway
            ))
        })?;
        let upstream_id = from.upstream_id.as_deref();
        let upstream_id = upstream_id.ok_or_else(|| gone("There is no such film at the gateway."))?;
        let parts = target
            .family
            .remix(upstream_id, prompt)
            .map_err(|failure| Refused { failure, said: None })?;
        let row = JobRow {
            interface: from.interface.clone(),
            model_asked: from.model_asked.clone(),
            prompt: Some(prompt.to_owned()),
            request: from.request.clone(),
            remixed_from: Some(from.id.clone()),
            ..self.blank(film_id(), orderer)
        };
        self.send_once(row, parts, &target).await
    }

    fn fresh(&self, order: &Order, model_asked: String, orderer: Orderer) -> JobRow {
        let (id, interface) = match order.what {
            What::Film => (film_id(), "video"),
            What::Picture | What::Edit | What::Variation => (format!("image_{}", plain_id()), "images"),
        };
        JobRow {
            interface: interface.into(),
            model_asked,
            prompt: order.prompt.clone(),
            request: order.kept(),
            ..self.blank(id, orderer)
        }
    }

    /// A row of which nothing has happened yet. Who makes it, and what it is called there, is said when it is sent.
    fn blank(&self, id: String, orderer: Orderer) -> JobRow {
        let now = self.0.clock.unix_ms();
        JobRow {
            id,
            exchange: orderer.exchange,
            caller_id: orderer.id,
            caller: orderer.name,
            gateway: String::new(),
            gateway_id: String::new(),
            key_id: None,
            family: String::new(),
            interface: String::new(),
            model_asked: String::new(),
            model: String::new(),
            prompt: None,
            request: Default::default(),
            remixed_from: None,
            submission: Submission::Submitting,
            upstream_id: None,
            poll_path: None,
            state: JobState::Queued,
            progress: None,
            error_code: None,
            error_message: None,
            billing: None,
            cost_nano: None,
            created_at: now,
            updated_at: now,
            finished_at: None,
            next_poll_at: None,
            polls: 0,
            files: Vec::new(),
        }
    }

    async fn submit(&self, row: JobRow, order: &Order, target: &Target) -> Result<JobRow, Refused> {
        let parts = target
            .family
            .create(order, &self.0.families)
            .map_err(|failure| Refused { failure, said: None })?;
        self.send_once(row, parts, target).await
    }

    /// Runs in a task of its own: a caller that hangs up now must not leave an order that nobody follows.
    async fn send_once(&self, row: JobRow, parts: CallParts, target: &Target) -> Result<JobRow, Refused> {
        let row = JobRow {
            gateway: target.gateway.clone(),
            gateway_id: target.gateway_id.clone(),
            key_id: target.key.as_ref().map(|key| key.id.clone()),
            family: target.family.word().into(),
            model: target.model.clone(),
            ..row
        };
        self.0.ledger.add_job(row.clone()).await.map_err(|error| {
            gone(format!(
                "Nothing was ordered, because it could not be written down first. {error}"
            ))
        })?;
        let (jobs, target) = (self.clone(), target.clone());
        let sending = self.0.tasks.spawn(async move {
            let verdict = jobs.send(&parts, &target).await;
            jobs.settle_order(row, verdict).await
        });
        match sending.await {
            Ok(outcome) => outcome.map_err(|refused| *refused),
            Err(_) => Err(gone("Nexdesk is closing.")),
        }
    }

    async fn send(&self, parts: &CallParts, target: &Target) -> Verdict {
        let answer = self.call(parts, target).await;
        let Answer {
            status,
            headers,
            body,
        } = match answer {
            Ok(answer) => answer.inflated(),
            Err(failure) if never_left(&failure) => {
                return Verdict::Refused(Box::new(Refused { failure, said: None }));
            }
            Err(failure) => return Verdict::Doubtful(failure.message),
        };
        let read = body.whole().await;
        let (body, whole) = match read {
            Ok(body) => (body, true),
            Err(_) => (Bytes::new(), false),
        };
        if !status.is_success() {
            let failure = Failure::read(status, &headers, &body);
            if is_certain(status, &body) {
                let said = Some(Whole {
                    status,
                    headers,
                    body,
                });
                return Verdict::Refused(Box::new(Refused { failure, said }));
            }
            return Verdict::Doubtful(failure.message);
        }
        match target.family.created(parts, &headers, &body) {
            Ok(created) => Verdict::Taken(Box::new(created)),
            Err(failure) if whole && turns_away(&body) => {
                Verdict::Refused(Box::new(Refused { failure, said: None }))
            }
            Err(failure) => Verdict::Doubtful(failure.message),
        }
    }

    pub(super) async fn call(&self, parts: &CallParts, target: &Target) -> Result<Answer, Failure> {
        let mut headers = HeaderMap::new();
        if parts.method != Method::GET {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let call = Call {
            method: parts.method.clone(),
            url: address(&target.base, &parts.path),
            headers,
            body: Outgoing::Whole(parts.body.clone()),
            key: target.key.clone(),
            once: true,
        };
        self.0.upstream.send(call).await
    }

    async fn settle_order(&self, mut row: JobRow, verdict: Verdict) -> Result<JobRow, Box<Refused>> {
        match verdict {
            Verdict::Refused(refused) => {
                // The exchange says what happened; a job that never was is none.
                let _ = self.0.ledger.remove_job(&row.id).await;
                return Err(refused);
            }
            Verdict::Doubtful(why) => {
                let now = self.0.clock.unix_ms();
                row.submission = Submission::Unknown;
                row.state = JobState::Failed;
                row.finished_at = Some(now);
                row.error_code = Some("may_have_been_created".into());
                row.error_message = Some(format!(
                    "{why} The order may have been taken, and may be charged for: look at the console of {} before you \
                     order again.",
                    row.gateway
                ));
                self.keep(row.clone()).await;
            }
            Verdict::Taken(created) => {
                row.submission = Submission::Submitted;
                row.upstream_id = Some(created.id).filter(|id| !id.is_empty());
                row.poll_path = Some(created.poll).filter(|path| !path.is_empty());
                row.billing = created.billing;
                row = match created.standing {
                    Some(standing) => self.apply(row, standing).await,
                    None => self.wait(row),
                };
                self.keep(row.clone()).await;
                self.schedule(&row);
            }
        }
        Ok(row)
    }
}

/// Nothing has left this computer, or nobody was there to take it.
fn never_left(failure: &Failure) -> bool {
    failure.unsent || matches!(failure.kind, Kind::NoKey | Kind::VaultLocked | Kind::BadRequest)
}

/// Whether an error status is the gateway's own word that it took nothing. A proxy in front of it that waited too
/// long knows nothing about that.
fn is_certain(status: StatusCode, body: &[u8]) -> bool {
    if status == StatusCode::REQUEST_TIMEOUT {
        return false;
    }
    !status.is_server_error() || turns_away(body)
}

fn gone(sentence: impl Into<String>) -> Refused {
    Refused {
        failure: Failure::new(Kind::BadRequest, sentence),
        said: None,
    }
}

fn film_id() -> String {
    format!("video_{}", plain_id())
}

fn plain_id() -> String {
    new_id().replace('-', "")
}
