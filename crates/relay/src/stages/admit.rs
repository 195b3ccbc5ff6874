//! Whether one more request may come in. Every rule about who may ask how often belongs here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nexdesk_protocol::refusal::Refusal;

use super::authenticate::Caller;
use crate::{Relay, refuse};

/// A tool with more requests than this under way is in a loop, not at work.
const AT_ONCE: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Admission(Arc<Mutex<HashMap<String, usize>>>);

/// The right to one request. Dropping it gives the place back.
#[derive(Debug)]
pub(crate) struct Permit {
    under_way: Arc<Mutex<HashMap<String, usize>>>,
    caller: String,
}

impl Admission {
    pub(crate) fn taken(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .sum()
    }
}

pub(crate) fn one_more(relay: &Relay, caller: &Caller) -> Result<Option<Permit>, Refusal> {
    let Some(id) = caller.id() else { return Ok(None) };
    let under_way = relay.0.admission.0.clone();
    {
        let mut counts = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(id.to_owned()).or_default();
        if *count >= AT_ONCE {
            return Err(refuse::too_many(AT_ONCE));
        }
        *count += 1;
    }
    Ok(Some(Permit {
        under_way,
        caller: id.to_owned(),
    }))
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.caller);
            }
        }
    }
}
