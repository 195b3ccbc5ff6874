//! Markdown that a model or a stranger wrote, as HTML that can only be read: raw HTML becomes text, links lead to http,
//! https and mail alone, and pictures become links, because a page on paper fetches nothing.

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

use super::escape::escape;
use crate::files::is_link;

pub(super) fn render(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut dead = Vec::new();
    let events = Parser::new_ext(markdown, options).map(|event| harmless(event, &mut dead));
    let mut page = String::with_capacity(markdown.len() * 3 / 2);
    html::push_html(&mut page, events);
    page
}

/// `dead` remembers, for every open link, whether it was taken out.
fn harmless<'a>(event: Event<'a>, dead: &mut Vec<bool>) -> Event<'a> {
    match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. }) => {
            let alive = is_link(&dest_url) || dest_url.starts_with("mailto:");
            dead.push(!alive);
            if alive {
                let link_type = LinkType::Inline;
                let id = CowStr::Borrowed("");
                return Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                });
            }
            Event::Text(CowStr::Borrowed(""))
        }
        Event::End(TagEnd::Link | TagEnd::Image) => {
            if dead.pop() == Some(false) {
                Event::End(TagEnd::Link)
            } else {
                Event::Text(CowStr::Borrowed(""))
            }
        }
        Event::Text(text) => Event::InlineHtml(escape(&text).into()),
        other => other,
    }
}
