//! A conversation as one HTML file that needs nothing else: no script, no address it would fetch, its pictures inside.
//! It is what is printed to PDF, so it is light and breaks between messages. What models wrote is rendered as Markdown
//! whose own HTML is shown as text; a policy in the head forbids the rest, should a renderer ever slip.

mod escape;
mod prose;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::branches::runs;
use super::{Layout, words};
use crate::chat::{Asset, Chat, Place, Role, Said};
use crate::files::is_link;
use escape::escape;

const STYLE: &str = include_str!("html/style.css");

/// Writes a conversation as one HTML page.
pub fn html(chat: &Chat, layout: &Layout) -> String {
    let language = layout.language;
    let title = escape(&chat.title);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n",
        language.code(),
    );
    if let Some(facts) = layout.about(chat) {
        page.push_str(&format!("<p class=\"facts\">{}</p>\n", escape(&facts)));
    }
    if layout.mark {
        page.push_str(&format!("<p class=\"mark\">{}</p>\n", language.mark()));
    }
    if let Some(prompt) = &chat.system_prompt {
        let label = language.system_prompt();
        page.push_str(&format!(
            "<aside><h2>{label}</h2>\n{}</aside>\n",
            prose::render(prompt)
        ));
    }
    let (runs, numbers) = runs(chat, layout.whole_tree);
    for (at, run) in runs.iter().enumerate() {
        if at > 0 {
            page.push_str(&format!(
                "<p class=\"branch\">{}</p>\n",
                language.branch(run.after)
            ));
        }
        for said in &run.messages {
            message(&chat.messages[*said], numbers[*said], layout, &mut page);
        }
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn message(said: &Said, number: usize, layout: &Layout, page: &mut String) {
    let language = layout.language;
    let class = match said.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    };
    let facts = escape(&layout.facts(said).join(" · "));
    page.push_str(&format!(
        "<article class=\"{class}\" id=\"m{number}\">\n<header><b>{}</b> <span>{facts}</span></header>\n",
        language.role(said.role),
    ));
    if let Some(reasoning) = said.reasoning.as_ref().filter(|_| layout.reasoning) {
        let took = said
            .reasoning_ms
            .map(|took| format!(" · {}", words::seconds(took)))
            .unwrap_or_default();
        let words = prose::render(reasoning);
        // Open, because paper cannot be clicked.
        page.push_str(&format!(
            "<details open class=\"reasoning\"><summary>{}{took}</summary>\n{words}</details>\n",
            language.reasoning(),
        ));
    }
    if layout.tools {
        tools(said, layout, page);
    }
    page.push_str(&prose::render(&said.text));
    if let Some(problem) = &said.problem {
        page.push_str(&format!("<p class=\"problem\">⚠ {}</p>\n", escape(problem)));
    }
    assets(&said.assets, layout, page);
    sources(said, layout, page);
    page.push_str("</article>\n");
}

fn tools(said: &Said, layout: &Layout, page: &mut String) {
    let language = layout.language;
    for call in &said.tool_calls {
        let failed = language.failed(call);
        page.push_str(&format!(
            "<details open class=\"tool\"><summary>{}: <code>{}</code>{failed}</summary>\n",
            language.tool(),
            escape(&call.name),
        ));
        if call.has_arguments() {
            page.push_str(&format!("<pre>{}</pre>\n", escape(&call.arguments)));
        }
        if let Some(result) = call.returned() {
            page.push_str(&format!(
                "<p>{}</p>\n<pre>{}</pre>\n",
                language.result(),
                escape(result)
            ));
        }
        page.push_str("</details>\n");
    }
}

fn assets(assets: &[Asset], layout: &Layout, page: &mut String) {
    let (shown, listed): (Vec<_>, Vec<_>) = assets.iter().partition(embeddable);
    for asset in shown {
        if let (Place::Inline(bytes), Some(mime)) = (&asset.place, &asset.mime) {
            let name = escape(&asset.name);
            let data = STANDARD.encode(bytes);
            page.push_str(&format!(
                "<figure><img alt=\"{name}\" src=\"data:{mime};base64,{data}\"></figure>\n"
            ));
        }
    }
    if listed.is_empty() {
        return;
    }
    page.push_str(&format!(
        "<ul class=\"files\" aria-label=\"{}\">\n",
        layout.language.files()
    ));
    for asset in listed {
        let name = escape(&asset.name);
        let size = asset
            .size
            .map(|bytes| format!(" · {}", words::size(bytes)))
            .unwrap_or_default();
        page.push_str(&match &asset.place {
            Place::Link(url) if is_link(url) => {
                format!("<li><a href=\"{}\">{name}</a>{size}</li>\n", escape(url))
            }
            Place::Missing => format!("<li>{name}{size} · {}</li>\n", layout.language.not_included()),
            Place::Link(_) | Place::Entry(_) | Place::Inline(_) => format!("<li>{name}{size}</li>\n"),
        });
    }
    page.push_str("</ul>\n");
}

/// Pictures that cannot carry anything but a picture: no SVG.
fn embeddable(asset: &&Asset) -> bool {
    let raster = ["image/png", "image/jpeg", "image/gif", "image/webp"];
    matches!(asset.place, Place::Inline(_))
        && asset.mime.as_deref().is_some_and(|mime| raster.contains(&mime))
}

fn sources(said: &Said, layout: &Layout, page: &mut String) {
    let pages: Vec<_> = said
        .citations
        .iter()
        .filter(|citation| is_link(&citation.url))
        .collect();
    if pages.is_empty() {
        return;
    }
    page.push_str(&format!("<footer><b>{}</b>\n<ol>\n", layout.language.sources()));
    for one in pages {
        page.push_str(&format!(
            "<li><a href=\"{}\">{}</a></li>\n",
            escape(&one.url),
            escape(&one.title)
        ));
    }
    page.push_str("</ol></footer>\n");
}
