//! A conversation as Markdown. Messages are Markdown already and stand as they are; only what is ours is escaped.

use super::branches::runs;
use super::{Layout, fence, words};
use crate::chat::{Asset, Chat, Place, Role, Said};

/// Writes a conversation as Markdown.
pub fn markdown(chat: &Chat, layout: &Layout) -> String {
    let language = layout.language;
    let mut page = format!("# {}\n", line(&chat.title));
    if let Some(facts) = layout.about(chat) {
        page.push_str(&format!("\n*{}*\n", line(&facts)));
    }
    if layout.mark {
        page.push_str(&format!("\n*{}*\n", language.mark()));
    }
    if let Some(prompt) = &chat.system_prompt {
        page.push_str(&format!(
            "\n> **{}**\n>\n{}\n",
            language.system_prompt(),
            quoted(prompt)
        ));
    }
    let (runs, _) = runs(chat, layout.whole_tree);
    for (at, run) in runs.iter().enumerate() {
        if at > 0 {
            page.push_str(&format!("\n---\n\n*{}*\n", language.branch(run.after)));
        }
        for said in &run.messages {
            message(&chat.messages[*said], layout, &mut page);
        }
    }
    page
}

fn message(said: &Said, layout: &Layout, page: &mut String) {
    let language = layout.language;
    let mut head = vec![language.role(said.role).to_owned()];
    head.extend(layout.facts(said));
    page.push_str(&format!("\n## {}\n", line(&head.join(" · "))));
    if let Some(reasoning) = said.reasoning.as_ref().filter(|_| layout.reasoning) {
        let took = said
            .reasoning_ms
            .map(|took| format!(" ({})", words::seconds(took)));
        let took = took.unwrap_or_default();
        page.push_str(&format!(
            "\n> **{}**{took}\n>\n{}\n",
            language.reasoning(),
            quoted(reasoning)
        ));
    }
    for call in said.tool_calls.iter().filter(|_| layout.tools) {
        let failed = language.failed(call);
        page.push_str(&format!(
            "\n**{}: {}**{failed}\n",
            language.tool(),
            line(&call.name)
        ));
        if call.has_arguments() {
            page.push_str(&format!("\n{}\n", fence("json", &call.arguments)));
        }
        if let Some(result) = call.returned() {
            page.push_str(&format!("\n{}:\n\n{}\n", language.result(), fence("", result)));
        }
    }
    let text = said.text.trim_end();
    if !text.is_empty() {
        page.push_str(&format!("\n{text}\n"));
    }
    if let Some(problem) = &said.problem {
        page.push_str(&format!("\n> ⚠ {}\n", line(problem)));
    }
    if !said.assets.is_empty() {
        page.push_str(&format!("\n**{}**\n\n", language.files()));
        said.assets
            .iter()
            .for_each(|one| page.push_str(&asset(one, layout)));
    }
    if !said.citations.is_empty() && said.role != Role::User {
        page.push_str(&format!("\n**{}**\n\n", language.sources()));
        for (at, one) in said.citations.iter().enumerate() {
            page.push_str(&format!(
                "{}. [{}](<{}>)\n",
                at + 1,
                line(&one.title),
                address(&one.url)
            ));
        }
    }
}

fn asset(asset: &Asset, layout: &Layout) -> String {
    let size = asset
        .size
        .map(|bytes| format!(", {}", words::size(bytes)))
        .unwrap_or_default();
    match &asset.place {
        Place::Link(url) if crate::files::is_link(url) => {
            format!("- [{}](<{}>){size}\n", line(&asset.name), address(url))
        }
        Place::Missing => format!(
            "- {}{size} ({})\n",
            line(&asset.name),
            layout.language.not_included()
        ),
        Place::Link(_) | Place::Entry(_) | Place::Inline(_) => format!("- {}{size}\n", line(&asset.name)),
    }
}

/// One line of text that cannot become anything else.
fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for one in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\\`*_[]<>#|".contains(one) {
            safe.push('\\');
        }
        safe.push(one);
    }
    safe
}

fn address(url: &str) -> String {
    url.replace('<', "%3C")
        .replace('>', "%3E")
        .replace(['\n', '\r', ' '], "%20")
}

fn quoted(text: &str) -> String {
    let lines = text.trim().lines().map(|line| {
        if line.is_empty() {
            ">".to_owned()
        } else {
            format!("> {line}")
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
