//! Tools as functions for a model. A function's name may hold 64 letters, digits, `_` and `-`; a server's and a tool's
//! may hold anything, in any language, and two of them may look alike once they are made to fit.
//!
//! A name that nobody else has stays readable: `server__tool`. Where two would be one, or something has to be cut,
//! the digest of both is put behind. A readable name never ends like a digest, so no server can choose the name
//! another one's tool will get.

use std::collections::HashMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Tool;
use crate::schema::acceptable;

const LONGEST_NAME: usize = 64;
const DIGEST: usize = 16;
/// What OpenAI accepts.
const LONGEST_DESCRIPTION: usize = 1024;

/// A tool as a model is told of it, and where it leads.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// For the model: matches `^[a-zA-Z0-9_-]{1,64}$`, and is unique in its list.
    pub name: String,
    /// The id of the server.
    pub server: String,
    /// The tool's own name.
    pub tool: String,
    /// What it does.
    pub description: String,
    /// A JSON schema of an object.
    pub parameters: Value,
    /// The server says that it changes nothing.
    pub read_only: bool,
}

/// The tools of these servers, given as (id, name, tools), as functions. The names depend on nothing but the set.
pub fn functions(servers: &[(&str, &str, &[Tool])]) -> Vec<Function> {
    let all = servers
        .iter()
        .flat_map(|(id, name, tools)| tools.iter().map(move |tool| (*id, *name, tool)));
    let mut all: Vec<(&str, String, &Tool)> = all
        .map(|(id, name, tool)| (id, readable(name, &tool.name), tool))
        .collect();
    let mut seen = std::collections::HashSet::new();
    // A server that lists a tool twice has it once.
    all.retain(|(id, _, tool)| seen.insert((*id, tool.name.as_str())));
    let mut takers: HashMap<String, usize> = HashMap::new();
    for (_, name, _) in &all {
        *takers.entry(name.clone()).or_default() += 1;
    }
    let function = |(server, name, tool): (&str, String, &Tool)| {
        let alone = takers.get(&name) == Some(&1);
        let fits = name.len() <= LONGEST_NAME && !ends_like_a_digest(&name);
        Function {
            name: if alone && fits {
                name
            } else {
                digested(&name, server, &tool.name)
            },
            server: server.to_owned(),
            tool: tool.name.clone(),
            description: shortened(&tool.description),
            parameters: acceptable(&tool.input_schema),
            read_only: tool.read_only,
        }
    };
    all.into_iter().map(function).collect()
}

fn readable(server: &str, tool: &str) -> String {
    let (server, tool) = (fitting(server), fitting(tool));
    let server = if server.is_empty() { "mcp" } else { &server };
    let tool = if tool.is_empty() { "tool" } else { &tool };
    format!("{server}__{tool}")
}

/// What is left of a name when every run of other letters is one `_`.
fn fitting(name: &str) -> String {
    let mut fitted = String::new();
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() || letter == '-' {
            fitted.push(letter);
        } else if !fitted.ends_with('_') {
            fitted.push('_');
        }
    }
    fitted.trim_matches('_').to_owned()
}

fn digested(name: &str, server: &str, tool: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(server);
    hash.update([0]);
    hash.update(tool);
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = name.len().min(LONGEST_NAME - DIGEST - 1);
    format!("{}_{}", &name[..kept], &digest[..DIGEST])
}

fn ends_like_a_digest(name: &str) -> bool {
    let Some((_, end)) = name.rsplit_once('_') else {
        return false;
    };
    end.len() == DIGEST
        && end
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn shortened(description: &str) -> String {
    if description.chars().count() <= LONGEST_DESCRIPTION {
        return description.to_owned();
    }
    let kept: String = description.chars().take(LONGEST_DESCRIPTION - 1).collect();
    kept + "…"
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;

    fn tool(name: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: String::new(),
            input_schema: json!({ "type": "object" }),
            read_only: false,
        }
    }

    fn names(servers: &[(&str, &str, &[Tool])]) -> Vec<String> {
        functions(servers)
            .into_iter()
            .map(|function| function.name)
            .collect()
    }

    #[test]
    fn a_name_that_nobody_else_has_stays_readable() {
        let named = names(&[("1", "Brave Search", &[tool("web.search"), tool("local-search")])]);
        assert_eq!(named, ["Brave_Search__web_search", "Brave_Search__local-search"]);
    }

    #[test]
    fn names_that_would_be_one_are_told_apart_and_all_fit() {
        let long = "x".repeat(90);
        let tools = [
            tool("a b"),
            tool("a.b"),
            tool("搜索"),
            tool("查询"),
            tool(&long),
            tool(""),
            tool("a b"),
        ];
        let named = names(&[("1", "s", &tools), ("2", "s", &tools), ("3", "维基", &tools)]);
        assert_eq!(named.len(), 18, "a tool listed twice is one");
        assert_eq!(named.iter().collect::<HashSet<_>>().len(), 18, "{named:?}");
        let fits = |name: &String| {
            (1..=64).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        assert!(named.iter().all(fits), "{named:?}");
    }

    #[test]
    fn neither_the_order_nor_a_stranger_changes_a_name() {
        let (one, two) = ([tool("a b"), tool("search")], [tool("a.b")]);
        let ahead = names(&[("1", "s", &one), ("2", "s", &two), ("3", "t", &one)]);
        let behind = names(&[("3", "t", &one), ("2", "s", &two), ("1", "s", &one)]);
        assert_eq!(
            ahead.iter().collect::<HashSet<_>>(),
            behind.iter().collect::<HashSet<_>>()
        );
        // A tool that calls itself what another one's digest makes of it.
        let victim = names(&[("1", "s", &[tool("a b")]), ("2", "s", &[tool("a.b")])]);
        let thief = tool(victim[0].strip_prefix("s__").unwrap());
        let all = names(&[("1", "s", &[tool("a b")]), ("2", "s", &[tool("a.b"), thief])]);
        assert_eq!(all[..2], victim, "the honest ones keep their names");
        assert!(!all[..2].contains(&all[2]));
    }
}
