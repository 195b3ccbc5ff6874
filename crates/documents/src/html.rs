//! The text of web pages and of the chapters of books. Only the tokenizer of the browser's parser is used: no tree is
//! built, so a page may nest as deep as it likes.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::Unreadable;
use crate::encoding;
use crate::limits::Budget;
use crate::markdown::Markdown;

/// A page as bytes; what it says of its encoding is heard.
pub(crate) fn read(bytes: &[u8], budget: &Budget) -> Result<String, Unreadable> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let said = head.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        rest.split(['"', '\'', ' ', '>', ';', '/'])
            .next()
            .unwrap_or_default()
    });
    let text = encoding::decode_as(bytes, said).ok_or(Unreadable::Damaged { what: "web page" })?;
    let page = Page {
        inner: RefCell::new(Inner {
            out: Markdown::new(budget),
            skipped: None,
            lists: 0,
            verbatim: false,
        }),
    };
    let tokens = Tokenizer::new(page, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        budget.check()?;
        let cut = rest.floor_char_boundary(1 << 16);
        let (now, later) = rest.split_at(cut);
        queue.push_back(StrTendril::from(now));
        // It stops for scripts to be run and for encodings to be changed; neither is wanted.
        while !queue.is_empty() {
            let _ = tokens.feed(&queue);
        }
        rest = later;
    }
    tokens.end();
    tokens.sink.inner.into_inner().out.finish()
}

struct Page<'b> {
    inner: RefCell<Inner<'b>>,
}

struct Inner<'b> {
    out: Markdown<'b>,
    /// The element whose insides nobody sees, and how many of its name are open in it.
    skipped: Option<(String, usize)>,
    lists: usize,
    /// Inside `pre`, where line breaks are line breaks.
    verbatim: bool,
}

impl TokenSink for Page<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut inner = self.inner.borrow_mut();
        match token {
            Token::TagToken(tag) => inner.tag(&tag),
            Token::CharacterTokens(text) => {
                inner.text(&text);
                TokenSinkResult::Continue
            }
            Token::DoctypeToken(_)
            | Token::CommentToken(_)
            | Token::NullCharacterToken
            | Token::EOFToken
            | Token::ParseError(_) => TokenSinkResult::Continue,
        }
    }
}

/// What nobody sees on a page.
const UNSEEN: [&str; 6] = ["script", "style", "svg", "template", "noscript", "title"];

impl Inner<'_> {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = tag.name.as_ref();
        let opens = tag.kind == TagKind::StartTag;
        if let Some((skipped, depth)) = &mut self.skipped {
            if skipped == name && !tag.self_closing {
                *depth = if opens {
                    *depth + 1
                } else {
                    depth.saturating_sub(1)
                };
            }
            if *depth == 0 {
                self.skipped = None;
            }
            return TokenSinkResult::Continue;
        }
        if opens && UNSEEN.contains(&name) && !tag.self_closing {
            self.skipped = Some((name.to_owned(), 1));
            return match name {
                "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                _ => TokenSinkResult::Continue,
            };
        }
        if opens {
            self.open(name)
        } else {
            self.close(name)
        }
        TokenSinkResult::Continue
    }

    fn open(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name[1..].parse().unwrap_or(1);
                self.out.heading(level);
            }
            "br" => self.out.line(),
            "ul" | "ol" => {
                self.out.line();
                self.lists += 1;
            }
            "li" => self.out.item(self.lists.saturating_sub(1)),
            "table" => self.out.table(),
            "tr" => self.out.row(),
            "td" | "th" => self.out.cell(),
            "pre" => {
                self.out.block();
                self.out.text("```\n");
                self.verbatim = true;
            }
            "p" if self.lists > 0 => {}
            _ if BLOCKS.contains(&name) => self.out.block(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "ul" | "ol" => {
                self.lists = self.lists.saturating_sub(1);
                self.out.line();
            }
            "table" => self.out.table_end(),
            "pre" if self.verbatim => {
                self.verbatim = false;
                self.out.line();
                self.out.text("```");
                self.out.block();
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.out.block(),
            "p" if self.lists > 0 => {}
            _ if BLOCKS.contains(&name) => self.out.block(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if self.verbatim {
            self.out.text(text);
        } else {
            self.out.words(text);
        }
    }
}

/// What stands apart from what is around it.
const BLOCKS: [&str; 16] = [
    "p",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "blockquote",
    "figure",
    "figcaption",
    "nav",
    "hr",
    "dl",
    "dd",
    "form",
];
