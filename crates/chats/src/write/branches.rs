//! In which order messages are printed: the branch on show, and then every other branch from where it leaves what has
//! been printed already.

use crate::chat::Chat;

/// One run of messages.
pub(super) struct Run {
    /// The message this run leaves, by its number on the page; `None` begins the conversation.
    pub(super) after: Option<usize>,
    pub(super) messages: Vec<usize>,
}

/// The runs, and each message's number on the page.
pub(super) fn runs(chat: &Chat, whole_tree: bool) -> (Vec<Run>, Vec<usize>) {
    let mut numbers = vec![0; chat.messages.len()];
    let mut printed = 0;
    let mut runs = Vec::new();
    let active = chat.active.or(chat.messages.len().checked_sub(1));
    let others = leaves(chat).into_iter().filter(|_| whole_tree);
    for leaf in active.into_iter().chain(others) {
        let mut path = fresh(chat, leaf, &numbers);
        let Some(top) = path.last().copied() else {
            continue;
        };
        path.reverse();
        for at in &path {
            printed += 1;
            numbers[*at] = printed;
        }
        let above = chat.messages[top].parent.filter(|parent| *parent < top);
        runs.push(Run {
            after: above.map(|parent| numbers[parent]),
            messages: path,
        });
    }
    (runs, numbers)
}

/// From a leaf up to the first message that is printed already, leaf first.
fn fresh(chat: &Chat, leaf: usize, numbers: &[usize]) -> Vec<usize> {
    let mut path = Vec::new();
    let mut next = Some(leaf).filter(|leaf| *leaf < numbers.len());
    while let Some(at) = next.filter(|at| numbers[*at] == 0) {
        path.push(at);
        next = chat.messages[at].parent.filter(|parent| *parent < at);
    }
    path
}

fn leaves(chat: &Chat) -> Vec<usize> {
    let mut has_child = vec![false; chat.messages.len()];
    for (at, said) in chat.messages.iter().enumerate() {
        if let Some(parent) = said.parent.filter(|parent| *parent < at) {
            has_child[parent] = true;
        }
    }
    (0..chat.messages.len()).filter(|at| !has_child[*at]).collect()
}
