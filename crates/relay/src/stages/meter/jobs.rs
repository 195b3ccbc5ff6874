//! The exchanges of jobs: an order ends for its caller long before it is known what it comes to.

use nexdesk_ledger::{JobRow, Outcome};
use nexdesk_upstream::Kind;

use super::{Entry, write};
use crate::budget::Reservation;
use crate::jobs::Bill;
use crate::reply::Reply;

impl Entry {
    pub(crate) fn id(&self) -> &str {
        &self.row.id
    }

    /// Whether this gateway has just said that it does not have the endpoint.
    pub(crate) fn lacks(&self, gateway: &str) -> bool {
        let not_served = Some(Kind::NotServed.code());
        let mut tried = self.attempts.iter();
        tried.any(|tried| tried.gateway == gateway && tried.code.as_deref() == not_served)
    }

    /// Which job it is about, known before the caller is told: a caller that leaves must find it on record.
    pub(crate) fn is_about(&mut self, job: &str) {
        self.row().job = Some(job.to_owned());
    }

    /// Tells the caller something about a job, which costs nothing.
    pub(crate) fn tells(mut self, mut reply: Reply) -> Reply {
        let code = (!reply.status.is_success()).then_some("invalid_input");
        self.leaves_with(&mut reply, code);
        reply
    }

    /// Tells the caller that its order was taken. What it will cost stands on record at once, because gateways charge
    /// when they take it; what was set aside is handed out, to be settled when the job is over.
    pub(crate) fn goes_on(mut self, job: &JobRow, mut reply: Reply) -> (Reply, Option<Reservation>) {
        self.bill(job);
        let held = self.permit.as_mut().and_then(|permit| permit.set_apart());
        self.leaves_with(&mut reply, job.error_code.as_deref());
        (reply, held)
    }

    /// Gives the caller what a job came to.
    pub(crate) fn ends_with(mut self, job: &JobRow, mut reply: Reply) -> Reply {
        let bill = self.bill(job);
        if let Some(permit) = &mut self.permit {
            permit.settle(bill.cost, bill.tokens());
        }
        let failed = (!reply.status.is_success()).then_some("generation_failed");
        self.leaves_with(&mut reply, job.error_code.as_deref().or(failed));
        reply
    }

    fn bill(&mut self, job: &JobRow) -> Bill {
        let bill = Bill::of(job, self.price.as_ref());
        let row = self.row();
        row.job = Some(job.id.clone());
        row.model_answered = Some(job.model.as_str().into());
        write(row, &bill.usage, bill.cost, bill.basis);
        bill
    }

    fn leaves_with(&mut self, reply: &mut Reply, code: Option<&str>) {
        self.status = Some(reply.status.as_u16());
        reply.signature = self.sign(self.row.model_answered.as_deref());
        self.hear_all(reply);
        let outcome = if code.is_some() {
            Outcome::Failed
        } else {
            Outcome::Ok
        };
        self.end(outcome, code, None, |_| ());
    }
}
