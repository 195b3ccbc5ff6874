//! Every URL a tool may call. What is not in the table passes too: to a gateway, by the same rules.

use http::header::UPGRADE;
use http::request::Parts;
use http::{Method, Uri};
use nexdesk_protocol::Interface;
use nexdesk_protocol::refusal::{Dialect, Refusal};
use nexdesk_protocol::wire::peek::Asked;
use percent_encoding::percent_decode_str;

use crate::refuse;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) interface: Interface,
    pub(crate) dialect: Dialect,
    /// The path as the gateway gets it: behind its base URL, or behind its root where it begins with a slash.
    pub(crate) route: String,
    /// What stands behind the question mark, without a key.
    pub(crate) query: Option<String>,
    pub(crate) subject: Subject,
}

/// By what the gateway is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nobody is asked: the list is our own.
    Models,
    /// One entry of that list, and a gateway's own word for what is not in it.
    Model(String),
    /// The model in the body must say.
    Needed,
    /// The model in the body, where there is one.
    Optional,
    /// The model in the path, and where in the route it stands.
    InPath { model: String, from: usize, to: usize },
    /// A thing somebody made: a file, a clip, a stored answer.
    Object(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wants {
    Model,
    Maybe,
    Object,
}

/// `{}` is an id. Order does not matter: no two rows read the same request.
const TABLE: &[(&str, &str, Interface, Wants)] = {
    use Interface::{Chat, Completions, Embeddings, Images, Messages, Moderations, Other, Rerank, Responses};
    use Interface::{Speech, Transcription, Video};
    use Wants::{Maybe, Model, Object};
    &[
        ("POST", "chat/completions", Chat, Model),
        ("POST", "completions", Completions, Model),
        ("POST", "responses", Responses, Maybe),
        ("POST", "responses/compact", Responses, Maybe),
        ("POST", "responses/input_tokens", Other, Maybe),
        ("GET", "responses/{}", Responses, Object),
        ("DELETE", "responses/{}", Other, Object),
        ("POST", "responses/{}/cancel", Other, Object),
        ("GET", "responses/{}/input_items", Other, Object),
        ("POST", "embeddings", Embeddings, Model),
        ("POST", "rerank", Rerank, Model),
        ("POST", "moderations", Moderations, Maybe),
        ("POST", "images/generations", Images, Maybe),
        ("POST", "images/edits", Images, Maybe),
        ("POST", "images/variations", Images, Maybe),
        ("GET", "images/tasks/{}", Other, Object),
        ("POST", "audio/speech", Speech, Model),
        ("POST", "audio/transcriptions", Transcription, Model),
        ("POST", "audio/translations", Transcription, Model),
        ("POST", "messages", Messages, Model),
        ("POST", "messages/count_tokens", Other, Model),
        ("POST", "videos", Video, Maybe),
        ("POST", "videos/generations", Video, Maybe),
        ("GET", "videos/generations/{}", Other, Object),
        ("GET", "videos/{}", Other, Object),
        ("DELETE", "videos/{}", Other, Object),
        ("GET", "videos/{}/content", Other, Object),
        ("POST", "videos/{}/remix", Video, Object),
        ("POST", "video/generations", Video, Maybe),
        ("GET", "video/generations/{}", Other, Object),
        ("POST", "files", Other, Maybe),
    ]
};

/// Paths of a gateway's root, beside its `/v1`: Nexconn's bypass and queue, Ark's tasks, Gemini's own.
const ROOTS: [&str; 4] = ["bypass", "queue", "v3", "v1beta"];

impl Endpoint {
    /// What kind of work it is; none where it is only looking, and costs nothing.
    pub(crate) fn billed(&self) -> Option<Interface> {
        match self.subject {
            Subject::Models | Subject::Model(_) => None,
            _ => Some(self.interface),
        }
    }

    /// Whether it costs nothing to ask: looking at what is there, taking it away, counting, putting a file there. What
    /// nobody knows may cost something, and a socket that stays open does.
    pub(crate) fn is_free(&self, parts: &Parts) -> bool {
        let looks = matches!(
            parts.method,
            Method::GET | Method::HEAD | Method::OPTIONS | Method::DELETE
        );
        let known = |(verb, pattern, ..): &(&str, &str, Interface, Wants)| {
            *verb == parts.method.as_str() && matches(pattern, &self.route).is_some()
        };
        let counts = self.interface == Interface::Other
            && (self.route.ends_with(":countTokens") || TABLE.iter().any(known));
        !parts.headers.contains_key(UPGRADE) && (looks || counts)
    }

    /// The model asked for, wherever it stands; empty where none is named.
    pub(crate) fn model<'a>(&'a self, asked: &'a Asked) -> &'a str {
        match &self.subject {
            Subject::InPath { model, .. } => model,
            _ => asked.model_name(),
        }
    }

    /// Whether events are asked for: in the body, or, of Gemini, in the path.
    pub(crate) fn streams(&self, asked: &Asked) -> bool {
        asked.stream || self.route.ends_with(":streamGenerateContent")
    }

    /// The thing it is about.
    pub(crate) fn object(&self) -> Option<&str> {
        match &self.subject {
            Subject::Object(id) => Some(id),
            _ => None,
        }
    }
}

pub(crate) fn read(method: &Method, uri: &Uri) -> Result<Endpoint, Refusal> {
    let path = uri.path();
    let Some(route) = route(path) else {
        return Err(refuse::unknown_path(path));
    };
    let query = uri.query().and_then(without_key);
    if let Some((interface, subject)) = gemini(method, &route) {
        return Ok(Endpoint {
            interface,
            dialect: Dialect::Gemini,
            route,
            query,
            subject,
        });
    }
    let (interface, subject) = subject(method, &route);
    let dialect = dialect(interface, &route);
    Ok(Endpoint {
        interface,
        dialect,
        route,
        query,
        subject,
    })
}

fn subject(method: &Method, route: &str) -> (Interface, Subject) {
    if *method == Method::GET && matches!(route, "models" | "/v1beta/models") {
        return (Interface::Other, Subject::Models);
    }
    // Ids hold slashes at some gateways, so everything behind is the id; but for Gemini's name of a running job.
    if *method == Method::GET
        && let Some(id) = route
            .strip_prefix("/v1beta/")
            .unwrap_or(route)
            .strip_prefix("models/")
        && !id.contains("/operations/")
    {
        let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
        return (Interface::Other, Subject::Model(id));
    }
    let row = TABLE
        .iter()
        .filter(|(verb, ..)| *verb == method.as_str())
        .find_map(|(_, pattern, interface, wants)| Some((*interface, *wants, matches(pattern, route)?)));
    match row {
        Some((interface, Wants::Model, _)) => (interface, Subject::Needed),
        Some((interface, Wants::Maybe, _)) => (interface, Subject::Optional),
        Some((interface, Wants::Object, id)) => (interface, Subject::Object(id)),
        None => (bypassed(method, route), unknown(route)),
    }
}

/// What a tool calls, less the version, which people type twice (`/v1/v1/…`) when the tool adds its own, and a last
/// slash. With a slash in front: a path of the gateway's root.
fn route(path: &str) -> Option<String> {
    let bare = path.trim_matches('/');
    let mut rest = bare;
    while let Some(shorter) = rest.strip_prefix("v1/") {
        rest = shorter.trim_start_matches('/');
    }
    // Dots would climb out of the gateway's base, encoded or not.
    let climbs = rest.contains(['%', '.']) && climbs(&percent_decode_str(rest).decode_utf8_lossy());
    if rest.is_empty() || rest == "v1" || climbs {
        return None;
    }
    let has_version = rest.len() < bare.len();
    let first = rest.split('/').next().unwrap_or_default();
    if !has_version && ROOTS.contains(&first) {
        return Some(format!("/{rest}"));
    }
    // Some tools leave the version out: what we know is served all the same, and nothing else.
    let is_known = || {
        first == "models"
            || TABLE
                .iter()
                .any(|(_, pattern, ..)| matches(pattern, rest).is_some())
    };
    (has_version || is_known()).then(|| rest.to_owned())
}

fn climbs(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| part == "..")
}

/// The id in a path that follows a pattern; empty where the pattern has none.
fn matches(pattern: &str, route: &str) -> Option<String> {
    if pattern == route && !pattern.contains("{}") {
        return Some(String::new());
    }
    let (mut wanted, mut given) = (pattern.split('/'), route.split('/'));
    let mut id = "";
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(percent_decode_str(id).decode_utf8_lossy().into_owned()),
            (Some("{}"), Some(part)) if !part.is_empty() => id = part,
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}

/// `models/NAME:verb`, which shares its path with OpenAI's models and is told apart by the colon.
fn gemini(method: &Method, route: &str) -> Option<(Interface, Subject)> {
    let (front, verb) = route.rsplit_once(':')?; // first: nearly every path has none
    let at = front.find("models/")? + "models/".len();
    let name = &front[at..];
    let interface = match verb {
        "generateContent" | "streamGenerateContent" => Interface::Generate,
        "embedContent" | "batchEmbedContents" => Interface::Embeddings,
        "countTokens" | "predict" | "predictLongRunning" => Interface::Other,
        _ => return None,
    };
    let subject = Subject::InPath {
        model: percent_decode_str(name).decode_utf8_lossy().into_owned(),
        from: at,
        to: at + name.len(),
    };
    (*method == Method::POST).then_some((interface, subject))
}

fn dialect(interface: Interface, route: &str) -> Dialect {
    if route.starts_with("messages") || route.contains("/anthropic/") {
        return Dialect::Anthropic;
    }
    if route.starts_with("/v1beta") || route.contains("/vertex/") {
        return Dialect::Gemini;
    }
    Dialect::of(interface)
}

/// Behind a bypass stands an endpoint like any other.
fn bypassed(method: &Method, route: &str) -> Interface {
    if *method != Method::POST {
        return Interface::Other;
    }
    match route.rsplit_once("/v1/").map(|(_, end)| end) {
        Some("messages") => Interface::Messages,
        Some("responses") => Interface::Responses,
        Some("chat/completions") => Interface::Chat,
        _ if route.starts_with("/queue/") && !route.contains("/requests/") => Interface::Video,
        _ if route.ends_with("/contents/generations/tasks") => Interface::Video,
        _ => Interface::Other,
    }
}

/// The id in a path nobody knows, if one of its parts looks like one.
fn unknown(route: &str) -> Subject {
    let looks_made = |part: &&str| {
        part.len() >= 8 && part.contains(['_', '-']) && part.bytes().any(|byte| byte.is_ascii_digit())
    };
    let id = route.split('/').rfind(looks_made);
    id.map_or(Subject::Optional, |id| Subject::Object(id.to_owned()))
}

/// Gemini's clients put the token here; it goes no further.
fn without_key(query: &str) -> Option<String> {
    let pairs = query.split('&');
    let kept: Vec<&str> = pairs
        .filter(|pair| *pair != "key" && !pair.starts_with("key="))
        .collect();
    (!kept.is_empty()).then(|| kept.join("&"))
}

#[cfg(test)]
mod tests;
