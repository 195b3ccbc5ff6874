//! Several answers to one question: which one the conversation goes on with.

use super::history::Past;
use crate::App;
use crate::problem::Problem;

impl App {
    /// Whoever goes on behind an answer of a comparison has picked it.
    pub(super) fn to_pick(
        &self,
        past: &Past,
        parent: Option<&str>,
        conversation: &str,
    ) -> Result<Option<String>, Problem> {
        let Some(parent) = parent.filter(|parent| past.rows.iter().any(|row| row.id == *parent)) else {
            return Ok(None);
        };
        let marks = self.ledger().marks_of(conversation)?;
        let group = marks
            .iter()
            .find(|marks| marks.message == parent)
            .and_then(|marks| marks.compare.as_deref());
        let is_open = |group: &str| {
            let mut of_group = marks
                .iter()
                .filter(|marks| marks.compare.as_deref() == Some(group));
            !of_group.any(|marks| marks.picked)
        };
        Ok(group.filter(|group| is_open(group)).map(|_| parent.to_owned()))
    }

    /// Goes on with one answer of a comparison.
    ///
    /// # Errors
    /// When the answer is gone.
    pub async fn pick_answer(&self, message: &str) -> Result<(), Problem> {
        Ok(self.ledger().pick_message(message).await?)
    }
}
