//! Text for HTML, in elements and in quoted attributes alike.

pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for one in text.chars() {
        match one {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Characters that turn the direction of what follows, and controls: they only ever deceive.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            control if control.is_control() && control != '\n' && control != '\t' => {}
            other => safe.push(other),
        }
    }
    safe
}
