//! The text of a presentation (PPTX), slide by slide in the order they are shown, with the speaker's notes.

use std::collections::HashMap;

use crate::Unreadable;
use crate::archive::{Archive, beside};
use crate::limits::Budget;
use crate::markdown::Markdown;
use crate::xml::{Node, walk};

const WHAT: &str = "PowerPoint presentation";

/// The text, and how many slides there are.
pub(crate) fn read(archive: &mut Archive, budget: &Budget) -> Result<(String, u32), Unreadable> {
    let order = order(archive, budget)?;
    let mut out = Markdown::new(budget);
    let mut count = 0;
    for slide in order {
        let Some(xml) = archive.read(&slide)? else {
            continue;
        };
        count += 1;
        out.heading(2);
        out.text(&format!("Slide {count}"));
        out.block();
        write(&xml, budget, &mut out, false)?;
        let notes = links(archive, &slide, budget)?
            .into_values()
            .find(|path| path.contains("notesSlide"));
        if let Some(xml) = notes.map(|path| archive.read(&path)).transpose()?.flatten() {
            let mut apart = Markdown::new(budget);
            write(&xml, budget, &mut apart, true)?;
            let apart = apart.finish()?;
            if !apart.is_empty() {
                out.block();
                out.text("Notes: ");
                out.text(&apart);
            }
        }
    }
    Ok((out.finish()?, count))
}

/// The paths of the slides as they follow each other; their file names are in the order they were made.
fn order(archive: &mut Archive, budget: &Budget) -> Result<Vec<String>, Unreadable> {
    let main = "ppt/presentation.xml";
    let paths = links(archive, main, budget)?;
    let mut order = Vec::new();
    walk(&archive.need(main)?, budget, WHAT, |node| {
        if let Node::Open("sldId", with) = node
            && let Some(path) = with.prefixed("id").and_then(|id| paths.get(&id))
        {
            order.push(path.clone());
        }
        Ok(())
    })?;
    Ok(order)
}

/// What a part of the presentation links to, by the link's id.
fn links(archive: &mut Archive, part: &str, budget: &Budget) -> Result<HashMap<String, String>, Unreadable> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let mut found = HashMap::new();
    let Some(xml) = archive.read(&format!("{folder}/_rels/{file}.rels"))? else {
        return Ok(found);
    };
    walk(&xml, budget, WHAT, |node| {
        if let Node::Open("Relationship", with) = node
            && let (Some(id), Some(target)) = (with.get("Id"), with.get("Target"))
        {
            found.insert(id, beside(part, &target));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The text of one slide, or of the one box of its notes that the speaker wrote.
fn write(xml: &[u8], budget: &Budget, out: &mut Markdown<'_>, notes: bool) -> Result<(), Unreadable> {
    let mut holder = String::new();
    let mut in_text = false;
    let mut fresh = false;
    walk(xml, budget, WHAT, |node| {
        match node {
            Node::Open("sp", _) => holder.clear(),
            Node::Open("ph", with) => holder = with.get("type").unwrap_or_else(|| "body".to_owned()),
            Node::Open("t", _) => in_text = true,
            Node::Close("t") => in_text = false,
            Node::Open("p", _) => fresh = true,
            Node::Close("p") => out.line(),
            Node::Open("br", _) => out.line(),
            Node::Open("tbl", _) => out.table(),
            Node::Open("tr", _) => out.row(),
            Node::Open("tc", _) => out.cell(),
            Node::Close("tbl") => out.table_end(),
            // The number, date and footer of a slide are on every one of them.
            Node::Text(text) if in_text && !["sldNum", "dt", "ftr"].contains(&holder.as_str()) => {
                if notes && holder != "body" {
                    return Ok(());
                }
                if std::mem::take(&mut fresh) && holder.to_lowercase().ends_with("title") {
                    out.heading(3);
                }
                out.text(text);
            }
            Node::Open(..) | Node::Close(_) | Node::Text(_) => {}
        }
        Ok(())
    })
}
