//! Waiting for what happens by itself: a hang-up that reaches the other side, a row that is written.

use std::time::Duration;

/// Far more than anything here takes, even while other programs hold the processor.
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks until there is something to see. `what` names it in the failure.
///
/// # Panics
/// When it does not happen.
pub async fn soon<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let seen = tokio::time::timeout(PATIENCE, looking).await;
    seen.unwrap_or_else(|_| panic!("this never happened: {what}"))
}
