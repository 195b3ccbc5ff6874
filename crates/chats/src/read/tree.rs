//! Makes a tree of messages whose links may lie: parents that do not exist, parents that are their own descendants, two
//! messages with one id. What comes out always has parents before children. No step recurses, because ten thousand
//! messages in a row are an ordinary conversation with an agent.

use std::collections::{HashMap, HashSet};

use crate::chat::{Role, Said};

/// A message before its place is known. Without `said` it is a link only: its children belong to its parent.
#[derive(Default)]
pub(super) struct Node {
    pub(super) id: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) said: Option<Said>,
}

/// The finished tree.
pub(super) struct Grown {
    pub(super) messages: Vec<Said>,
    pub(super) active: Option<usize>,
    /// What the system said before anybody else: it is a setting, not a message.
    pub(super) system: Option<String>,
}

/// Messages that simply follow each other.
pub(super) fn chain(messages: impl IntoIterator<Item = (Option<String>, Said)>) -> Vec<Node> {
    let mut before: Option<String> = None;
    let link = |(at, (id, said)): (usize, (Option<String>, Said))| {
        let id = id.unwrap_or_else(|| nameless(at));
        Node {
            parent: before.replace(id.clone()),
            id: Some(id),
            said: Some(said),
        }
    };
    messages.into_iter().enumerate().map(link).collect()
}

/// The id of a message that has none. It depends on nothing but its place, so that the next export has it too.
pub(super) fn nameless(at: usize) -> String {
    format!("#{at}")
}

/// Grows the tree. `fold` makes one answer of the messages in which a program tells one: thoughts, calls, returns, text.
pub(super) fn grow(mut nodes: Vec<Node>, active: Option<&str>, fold: bool) -> Grown {
    let system = take_system(&mut nodes);
    let (ids, by_id) = names(&nodes);
    let parents = parents(&nodes, &by_id);
    let single = single(&nodes, &parents);
    let mut messages: Vec<Said> = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; nodes.len()];
    for at in order(&parents) {
        let parent = parents[at].and_then(|parent| places[parent]);
        let Some(mut said) = nodes[at].said.take() else {
            places[at] = parent;
            continue;
        };
        let mergeable = fold && single[at] && said.role == Role::Assistant;
        match parent.filter(|parent| mergeable && messages[*parent].role == Role::Assistant) {
            Some(parent) => {
                messages[parent].absorb(said);
                places[at] = Some(parent);
            }
            None => {
                said.parent = parent;
                said.foreign_id.clone_from(&ids[at]);
                places[at] = Some(messages.len());
                messages.push(said);
            }
        }
    }
    let chosen = active.and_then(|id| by_id.get(id)).and_then(|at| places[*at]);
    let active = leaf(&messages, chosen);
    Grown {
        messages,
        active,
        system,
    }
}

fn take_system(nodes: &mut [Node]) -> Option<String> {
    let first = nodes.iter_mut().find(|node| node.said.is_some())?;
    let said = first.said.take_if(|said| said.role == Role::System)?;
    Some(said.text).filter(|text| !text.trim().is_empty())
}

/// Every node's id, made unique, and who bears an id first.
fn names(nodes: &[Node]) -> (Vec<String>, HashMap<String, usize>) {
    let mut by_id = HashMap::new();
    let mut taken: HashSet<String> = HashSet::new();
    let mut ids = Vec::with_capacity(nodes.len());
    for (at, node) in nodes.iter().enumerate() {
        let wanted = node.id.clone().unwrap_or_else(|| nameless(at));
        by_id.entry(wanted.clone()).or_insert(at);
        let mut id = wanted.clone();
        let mut copy = 2;
        while !taken.insert(id.clone()) {
            // Counted from the place, so that a thousand equal ids do not cost a million steps.
            id = format!("{wanted}~{at}~{copy}");
            copy += 1;
        }
        ids.push(id);
    }
    (ids, by_id)
}

/// Every node's parent, circles cut open where they come first in the file.
fn parents(nodes: &[Node], by_id: &HashMap<String, usize>) -> Vec<Option<usize>> {
    let link = |node: &Node| node.parent.as_ref().and_then(|parent| by_id.get(parent)).copied();
    let mut parents: Vec<Option<usize>> = nodes.iter().map(link).collect();
    // 0 is unseen; otherwise the walk that saw it, plus one.
    let mut seen = vec![0_usize; nodes.len()];
    for start in 0..nodes.len() {
        let mut next = Some(start);
        while let Some(at) = next {
            if seen[at] == start + 1 {
                let first = first_of_circle(at, &parents);
                parents[first] = None;
                break;
            }
            if seen[at] != 0 {
                break;
            }
            seen[at] = start + 1;
            next = parents[at];
        }
    }
    parents
}

fn first_of_circle(at: usize, parents: &[Option<usize>]) -> usize {
    let mut first = at;
    let mut next = parents[at];
    while let Some(now) = next.filter(|now| *now != at) {
        first = first.min(now);
        next = parents[now];
    }
    first
}

/// Which nodes are the only child of the message above them, hidden links between included.
fn single(nodes: &[Node], parents: &[Option<usize>]) -> Vec<bool> {
    let mut children = vec![0_usize; nodes.len()];
    for parent in parents.iter().flatten() {
        children[*parent] += 1;
    }
    let mut single = vec![false; nodes.len()];
    for at in order(parents) {
        single[at] = parents[at]
            .is_some_and(|parent| children[parent] == 1 && (nodes[parent].said.is_some() || single[parent]));
    }
    single
}

/// The file's order, but for parents that stand after their children in it.
fn order(parents: &[Option<usize>]) -> Vec<usize> {
    let mut done = vec![false; parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    let mut above = Vec::new();
    for start in 0..parents.len() {
        let mut next = Some(start);
        while let Some(at) = next.filter(|at| !done[*at]) {
            done[at] = true;
            above.push(at);
            next = parents[at];
        }
        order.extend(above.drain(..).rev());
    }
    order
}

/// The last message below `chosen`; when nothing is chosen, of the branch with the newest message.
fn leaf(messages: &[Said], chosen: Option<usize>) -> Option<usize> {
    let newest = || {
        let all = messages.iter().enumerate();
        all.max_by_key(|(at, said)| (said.created_at, *at))
            .map(|(at, _)| at)
    };
    let mut last_child = vec![None; messages.len()];
    for (at, said) in messages.iter().enumerate() {
        if let Some(parent) = said.parent {
            last_child[parent] = Some(at);
        }
    }
    let mut at = chosen.or_else(newest)?;
    while let Some(child) = last_child[at] {
        at = child;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::{Node, grow};
    use crate::chat::{Role, Said};

    fn node(id: &str, parent: &str, role: Role) -> Node {
        Node {
            id: Some(id.to_owned()),
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
            said: Some(Said {
                role,
                text: id.to_owned(),
                ..Said::default()
            }),
        }
    }

    fn shape(nodes: Vec<Node>) -> Vec<(String, Option<usize>)> {
        let grown = grow(nodes, None, false);
        grown
            .messages
            .into_iter()
            .map(|said| (said.foreign_id, said.parent))
            .collect()
    }

    #[test]
    fn a_circle_is_cut_open_at_its_first_message() {
        let nodes = vec![
            node("a", "c", Role::User),
            node("b", "a", Role::Assistant),
            node("c", "b", Role::User),
            node("self", "self", Role::User),
        ];
        let cut = [("a", None), ("b", Some(0)), ("c", Some(1)), ("self", None)];
        assert_eq!(shape(nodes), cut.map(|(id, parent)| (id.to_owned(), parent)));
    }

    #[test]
    fn a_child_before_its_parent_is_put_behind_it() {
        let nodes = vec![
            node("answer", "question", Role::Assistant),
            node("question", "", Role::User),
        ];
        let put = [("question", None), ("answer", Some(0))];
        assert_eq!(shape(nodes), put.map(|(id, parent)| (id.to_owned(), parent)));
    }

    #[test]
    fn equal_ids_stay_two_messages_and_the_first_keeps_the_name() {
        let nodes = vec![
            node("a", "", Role::User),
            node("a", "", Role::User),
            node("b", "a", Role::Assistant),
        ];
        let shape = shape(nodes);
        assert_eq!(shape.len(), 3);
        assert_eq!(shape[0].0, "a");
        assert_ne!(shape[1].0, "a");
        assert_eq!(shape[2], ("b".to_owned(), Some(0)));
    }

    #[test]
    fn a_hundred_thousand_messages_in_a_row_need_no_deep_stack() {
        let link = |at: usize| node(&at.to_string(), &at.wrapping_sub(1).to_string(), Role::User);
        let grown = grow((0..100_000).rev().map(link).collect(), Some("99999"), false);
        assert_eq!(grown.messages.len(), 100_000);
        assert_eq!(grown.active, Some(99_999));
    }
}
