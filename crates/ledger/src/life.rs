//! What a start settles for the life before it: nothing is left running, and every journalled word is in its message.

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::LedgerError;
use crate::tables::{branches, conversations, jobs, messages, recording};

/// How long a deleted conversation or message can be brought back.
const KEPT_DELETED: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Runs at every open, before anything else can read or write.
pub(crate) fn begin(connection: &mut Connection, now: i64) -> Result<(), LedgerError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    recording::interrupt_running(&transaction)?;
    messages::interrupt_streaming(&transaction)?;
    jobs::doubt_submitting(&transaction, now)?;
    let forgotten = now.saturating_sub(KEPT_DELETED.as_millis() as i64);
    conversations::purge(&transaction, forgotten)?;
    branches::purge(&transaction, forgotten)?;
    transaction.commit()?;
    Ok(())
}
