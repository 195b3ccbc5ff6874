//! Reads along while an answer passes: what it says, how much, whether it ended, what it cost. It holds nothing up,
//! changes no byte and, for a plain delta, allocates nothing.
//!
//! An event is walked over once in its bytes. What the walk cannot make sense of (several `data:` lines, an escaped
//! field name, broken JSON) is left to eventsource-stream and serde, which are right about everything and slow.

mod chat;
mod counts;
mod generate;
mod heard;
mod media;
mod messages;
mod mould;
mod responses;

use memchr::memmem;
use serde_json::Value;

use crate::Interface;
use crate::sse::{self, Data};
use crate::talk::{Basis, Usage};
use crate::wire::peek::{Asked, ScriptBytes};
use crate::wire::walk::{Raw, Walk};
use heard::Heard;
use mould::Mould;

/// What one block of a stream was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// It has data, and they are whole: JSON or `[DONE]`. A comment, a ping or half an event has none.
    pub is_event: bool,
    /// It says something that a person would see.
    pub says: bool,
    /// It ends the answer.
    pub finishes: bool,
    /// It is an error in the caller's dialect.
    pub is_error: bool,
    /// It carries usage and empty `choices`: who did not ask for usage must not get it.
    pub is_only_usage: bool,
}

/// What a whole body was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// An answer, as far as its dialect lets one tell.
    Answer,
    /// An error under a status that says success; `trouble` has it.
    Error,
    /// JSON in which nothing looks like an answer.
    Strange,
    /// Not JSON: sound, subtitles, a web page.
    Opaque,
}

/// Reads one answer, event by event or at once.
#[derive(Debug)]
pub struct Reader {
    interface: Interface,
    written: ScriptBytes,
    counted: Option<Usage>,
    /// The last count as it came: many gateways count in every event, and only the last one is ever looked at.
    uncounted: Vec<u8>,
    mould: Mould,
    model: Option<String>,
    trouble: Option<Value>,
    images: u64,
    milliseconds: Option<u64>,
    spoke: bool,
    finished: bool,
}

impl Reader {
    /// A reader for answers of this kind.
    #[must_use]
    pub fn new(interface: Interface) -> Self {
        Self {
            interface,
            written: ScriptBytes::default(),
            counted: None,
            uncounted: Vec::new(),
            mould: Mould::default(),
            model: None,
            trouble: None,
            images: 0,
            milliseconds: None,
            spoke: false,
            finished: false,
        }
    }

    /// Reads one block of a stream, with or without its blank line.
    pub fn see(&mut self, block: &[u8]) -> Seen {
        match sse::data(block) {
            Data::None => Seen::default(),
            Data::Line(data) => self.event(data),
            Data::Lines(data) => self.event(data.as_bytes()),
        }
    }

    /// An event too large to be kept: somebody is speaking.
    pub fn see_oversized(&mut self, bytes: usize) {
        self.spoke = true;
        self.written.ascii += bytes as u64;
    }

    /// Reads an answer that came as one body.
    pub fn see_whole(&mut self, body: &[u8]) -> Whole {
        let body = body.strip_prefix(sse::MARK).unwrap_or(body).trim_ascii();
        let Some(&(b'{' | b'[')) = body.first() else {
            if !body.is_empty() {
                self.see_opaque();
            }
            return Whole::Opaque;
        };
        let Some((seen, is_answer)) = self.json(body) else {
            return Whole::Opaque;
        };
        if seen.is_error {
            return Whole::Error;
        }
        if (!is_answer || self.is_free())
            && let Some(said) = refused(body)
        {
            self.trouble = Some(said);
            (self.spoke, self.finished) = (false, false);
            return Whole::Error;
        }
        if !is_answer {
            return Whole::Strange;
        }
        // A whole answer has ended, whatever it forgets to say.
        self.finished = true;
        Whole::Answer
    }

    /// An answer that passes unread: sound, a file, a body too large. It is one, and its end is where its bytes end.
    pub fn see_opaque(&mut self) {
        (self.spoke, self.finished) = (true, true);
    }

    /// Looks for usage and model in the beginning or the end of a JSON body too large to be kept. Says whether usage
    /// was found.
    pub fn see_excerpt(&mut self, bytes: &[u8]) -> bool {
        if self.model.is_none()
            && let Some(raw) = field(bytes, b"\"model\"")
        {
            self.model = raw.word().map(str::to_owned);
        }
        let found = [&b"\"usage\""[..], b"\"usageMetadata\"", b"\"meta\""]
            .into_iter()
            .find_map(|name| field(bytes, name).filter(|raw| raw.0.starts_with(b"{")));
        let Some(raw) = found else { return false };
        let billed = raw.member(b"billed_units").filter(|billed| !billed.is_null());
        self.count(billed.unwrap_or(raw));
        true
    }

    /// Whether something came that a person would see, or that ends the answer: from here on nothing is retried.
    #[must_use]
    pub fn spoke(&self) -> bool {
        self.spoke || self.finished
    }

    /// Whether the model said it had stopped. Without it even a clean end is a broken stream.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// The gateway's own error, as `{"error": …}` whatever the dialect.
    #[must_use]
    pub fn trouble(&self) -> Option<&Value> {
        self.trouble.as_ref()
    }

    /// The model that answered, as the gateway calls it.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// How much was written so far.
    #[must_use]
    pub fn written(&self) -> ScriptBytes {
        self.written
    }

    /// What the gateway counted, and where it counted nothing, what can be estimated from both sides.
    #[must_use]
    pub fn usage(&self, asked: &Asked) -> Usage {
        let counted = self
            .counted()
            .filter(|usage| !usage.is_empty() || usage.cost_nano.is_some());
        let mut usage = counted.unwrap_or_default();
        let units = &asked.units;
        let made = Some(self.images).filter(|images| *images > 0);
        usage.images = usage.images.or(made).or(units.images);
        usage.characters = usage.characters.or(units.characters);
        usage.milliseconds = usage.milliseconds.or(self.milliseconds).or(units.milliseconds);
        usage.requests = usage.requests.or(Some(1));
        self.estimated(&mut usage, asked);
        usage
    }

    fn estimated(&self, usage: &mut Usage, asked: &Asked) {
        let reads = matches!(
            self.interface,
            Interface::Embeddings | Interface::Rerank | Interface::Moderations
        );
        if reads || self.interface.writes() {
            if usage.input.is_none() && usage.output.is_none() {
                usage.input = Some(asked.prompt.tokens());
                usage.basis = Basis::Estimated;
            }
            if reads {
                usage.output = usage.output.or(Some(0));
            }
        }
        let written = Some(self.written.tokens());
        // Broken off: what was counted at the beginning knows nothing of what was written since.
        let is_short = !self.finished && usage.output < written;
        if self.interface.writes() && (usage.output.is_none() || is_short) {
            usage.output = written;
            usage.basis = Basis::Estimated;
        }
    }

    fn event(&mut self, data: &[u8]) -> Seen {
        let data = data.trim_ascii();
        if data == b"[DONE]" {
            // The other dialects end with an event of their own: this one says nothing there, and clients ignore it.
            let ends = !matches!(
                self.interface,
                Interface::Responses | Interface::Messages | Interface::Generate
            );
            self.finished |= ends;
            return Seen {
                is_event: true,
                finishes: ends,
                ..Seen::default()
            };
        }
        self.json(data).map(|(seen, _)| seen).unwrap_or_default()
    }

    /// Reads one JSON text, and says whether it has what an answer of its dialect has.
    fn json(&mut self, data: &[u8]) -> Option<(Seen, bool)> {
        if let Some(text) = self.mould.text_of(data) {
            self.written.add(ScriptBytes::of_escaped(text));
            self.spoke |= !text.is_empty();
            let seen = Seen {
                is_event: true,
                says: !text.is_empty(),
                ..Seen::default()
            };
            return Some((seen, true));
        }
        let mut heard = Heard::default();
        if self.walk(data, &mut heard).is_some() {
            let seen = self.take(&mut heard);
            self.mould.take(data, &heard);
            return Some((seen, heard.is_answer));
        }
        let plain = rewritten(data)?;
        let mut heard = Heard::default();
        self.walk(&plain, &mut heard)?;
        Some((self.take(&mut heard), heard.is_answer))
    }

    fn is_free(&self) -> bool {
        matches!(self.interface, Interface::Video | Interface::Other)
    }

    fn walk<'a>(&self, data: &'a [u8], heard: &mut Heard<'a>) -> Option<()> {
        match self.interface {
            Interface::Chat | Interface::Completions => chat::read(data, heard),
            Interface::Responses => responses::read(data, heard),
            Interface::Messages => messages::read(data, heard),
            Interface::Generate => generate::read(data, heard),
            Interface::Embeddings
            | Interface::Rerank
            | Interface::Moderations
            | Interface::Images
            | Interface::Speech
            | Interface::Transcription
            | Interface::Video
            | Interface::Other => media::read(self.interface, data, heard),
        }
    }

    fn take(&mut self, heard: &mut Heard<'_>) -> Seen {
        // Nobody knows what jobs and unknown endpoints answer with, so whatever they say is what was asked for.
        if self.is_free() {
            (heard.says, heard.finishes, heard.is_answer) = (true, true, true);
        }
        self.written.add(heard.written);
        self.spoke |= heard.says;
        self.images += heard.images;
        if self.model.is_none()
            && let Some(raw) = heard.model.filter(|raw| raw.says())
        {
            self.model = match raw.plain() {
                Some(name) => Some(name.to_owned()),
                None => serde_json::from_slice(raw.0).ok(),
            };
        }
        if let Some(raw) = heard.usage {
            self.count(raw);
        }
        if let Some(raw) = heard.seconds {
            self.milliseconds = counts::thousandths(raw).or(self.milliseconds);
        }
        if let Some(raw) = heard.error {
            let said = serde_json::from_slice(raw.0).unwrap_or(Value::Null);
            self.trouble = Some(serde_json::json!({ "error": said }));
        } else {
            self.finished |= heard.finishes;
        }
        Seen {
            is_event: true,
            says: heard.says,
            finishes: heard.finishes && heard.error.is_none(),
            is_error: heard.error.is_some(),
            is_only_usage: heard.is_hollow && heard.usage.is_some(),
        }
    }

    fn count(&mut self, raw: Raw<'_>) {
        if self.interface == Interface::Messages {
            let counted = counts::read(self.interface, raw);
            self.counted = Some(counts::merged(self.counted, counted));
        } else {
            self.uncounted.clear();
            self.uncounted.extend_from_slice(raw.0);
        }
    }

    fn counted(&self) -> Option<Usage> {
        let raw = Raw(&self.uncounted);
        self.counted
            .or_else(|| (!raw.0.is_empty()).then(|| counts::read(self.interface, raw)))
    }
}

/// The same JSON as serde writes it: no escapes in names, no spaces, no name twice.
fn rewritten(data: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(data).ok()?;
    drop_odd_names(&mut value);
    (value.is_object() || value.is_array())
        .then(|| serde_json::to_vec(&value).ok())
        .flatten()
}

/// Names that serde would have to escape are none that anybody here looks for.
fn drop_odd_names(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| {
                !name
                    .bytes()
                    .any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\'))
            });
            members.values_mut().for_each(drop_odd_names);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_odd_names),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// new-api's other way to say no: `{"success":false,"message":"…"}`.
fn refused(body: &[u8]) -> Option<Value> {
    let (mut success, mut message) = (None, None);
    Walk::whole(body, |key, walk| {
        match key {
            b"success" => success = Some(walk.value()?),
            b"message" => message = Some(walk.value()?),
            _ => walk.skip()?,
        }
        Some(())
    })?;
    (success?.0 == b"false").then(|| {
        let said = message.and_then(|raw| serde_json::from_slice::<Value>(raw.0).ok());
        serde_json::json!({ "error": { "message": said } })
    })
}

/// The value behind the last `name` that is a field. Inside a string its quotes would be escaped.
fn field<'a>(bytes: &'a [u8], name: &[u8]) -> Option<Raw<'a>> {
    let mut upto = bytes.len();
    while let Some(at) = memmem::rfind(&bytes[..upto], name) {
        let behind = bytes[at + name.len()..].trim_ascii_start();
        if let Some(value) = behind.strip_prefix(b":") {
            return Walk::new(value).value();
        }
        upto = at;
    }
    None
}
