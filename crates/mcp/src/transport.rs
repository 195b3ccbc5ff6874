//! Opening a connection: the child or the address, the greeting, the list of tools, and the sentence if that fails.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use nexdesk_vault::Secret;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, ProtocolVersion};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, NotificationContext, RunningService, ServiceError,
    serve_client_with_lifecycle,
};
use rmcp::transport::streamable_http_client::{
    StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
};
use rmcp::transport::{IntoTransport, StreamableHttpClientTransport};
use rmcp::{ClientHandler, RoleClient};
use tokio::sync::Notify;
use tokio::time::timeout;
use url::Url;

use crate::child::Child;
use crate::connection::Tool;
use crate::notes::Notes;
use crate::server::origin;
use crate::veil::Veil;
use crate::{Server, Transport, Trouble};

/// An open connection, and the child behind it where there is one.
pub(crate) struct Live {
    pub(crate) service: RunningService<RoleClient, Listener>,
    pub(crate) child: Option<Child>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) tools: Vec<Tool>,
}

/// Who listens to what a server says by itself: only that its tools are others now.
#[derive(Clone, Default)]
pub(crate) struct Listener {
    pub(crate) changed: Arc<Notify>,
}

impl ClientHandler for Listener {
    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.notify_one();
    }

    /// We neither sample nor show folders: a server must not be told otherwise.
    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("nexdesk", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
            .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
    }
}

/// Why a greeting came to nothing.
enum Failure {
    /// It said no, in these words.
    Refused(String),
    /// It wants a key, or another one.
    Key,
    Broken(Box<dyn Error + Send + Sync>),
    Late,
}

impl From<ClientInitializeError> for Failure {
    fn from(error: ClientInitializeError) -> Failure {
        match error {
            ClientInitializeError::JsonRpcError(error) => Failure::Refused(error.message.into_owned()),
            error if error.auth_challenge().is_some() => Failure::Key,
            ClientInitializeError::TransportError { error, .. } => Failure::Broken(error.error),
            error => Failure::Broken(error.into()),
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Failure {
        match error {
            ServiceError::McpError(error) => Failure::Refused(error.message.into_owned()),
            ServiceError::TransportSend(error) => Failure::Broken(error.error),
            error => Failure::Broken(error.into()),
        }
    }
}

type Greeted = (RunningService<RoleClient, Listener>, Vec<Tool>);

/// Connects and lists the tools.
pub(crate) async fn open(server: &Server, veil: &Veil, patience: Duration) -> Result<Live, Trouble> {
    let missing = server.transport.missing();
    if !missing.is_empty() {
        return Err(Trouble::Missing {
            server: server.name.clone(),
            names: missing,
        });
    }
    let first = open_with(server, veil, patience, ClientLifecycleMode::Initialize).await;
    let Err(refused @ Trouble::Refused { .. }) = first else {
        return first;
    };
    // Servers of 2026-07-28 alone know no greeting. They are asked second: older ones choke on the new question.
    let lifecycle = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::LATEST],
    };
    open_with(server, veil, patience, lifecycle)
        .await
        .map_err(|_| refused)
}

async fn open_with(
    server: &Server,
    veil: &Veil,
    patience: Duration,
    lifecycle: ClientLifecycleMode,
) -> Result<Live, Trouble> {
    let notes = Notes::new(veil.clone());
    match &server.transport {
        Transport::Stdio { command, args, env } => {
            let (mut child, (stdout, stdin)) = Child::start(command, args, env, &notes)?;
            match greet((stdout, stdin), lifecycle, veil, patience).await {
                Ok((service, tools)) => Ok(Live {
                    service,
                    child: Some(child),
                    notes,
                    tools,
                }),
                Err(failure) => {
                    let code = child.bury().await;
                    Err(of_child(&server.name, failure, code, &notes, patience))
                }
            }
        }
        Transport::Http { url, headers } => {
            let config = config(server, url, headers)?;
            let transport = StreamableHttpClientTransport::from_config(config);
            let root = root_of(&transport);
            match greet(transport, lifecycle, veil, patience).await {
                Ok((service, tools)) => Ok(Live {
                    service,
                    child: None,
                    notes,
                    tools,
                }),
                Err(failure) => Err(of_address(server, url, failure, veil, root, patience)),
            }
        }
    }
}

async fn greet<T, E, A>(
    transport: T,
    lifecycle: ClientLifecycleMode,
    veil: &Veil,
    patience: Duration,
) -> Result<Greeted, Failure>
where
    T: IntoTransport<RoleClient, E, A>,
    E: Error + Send + Sync + 'static,
{
    let greeting = async {
        let service = serve_client_with_lifecycle(Listener::default(), transport, lifecycle).await?;
        let tools = service.list_all_tools().await?;
        let tools = tools.into_iter().map(|tool| Tool::told(tool, veil));
        Ok((service, tools.collect()))
    };
    timeout(patience, greeting).await.unwrap_or(Err(Failure::Late))
}

fn config(
    server: &Server,
    url: &str,
    headers: &[(String, Secret)],
) -> Result<StreamableHttpClientTransportConfig, Trouble> {
    let invalid = |what: &str| Trouble::Invalid {
        server: server.name.clone(),
        what: what.to_owned(),
    };
    let web = Url::parse(url).is_ok_and(|url| ["http", "https"].contains(&url.scheme()));
    if !web {
        return Err(invalid("address"));
    }
    let mut all = HashMap::new();
    for (name, value) in headers {
        let known = HeaderName::try_from(name.as_str()).ok();
        let sent = HeaderValue::try_from(value.expose()).ok();
        let (Some(known), Some(mut sent)) = (known, sent) else {
            return Err(invalid(&format!("header {name}")));
        };
        sent.set_sensitive(true); // no Debug of any library shows it
        all.insert(known, sent);
    }
    Ok(StreamableHttpClientTransportConfig::with_uri(url).custom_headers(all))
}

fn of_child(name: &str, failure: Failure, code: Option<i32>, notes: &Notes, patience: Duration) -> Trouble {
    let server = name.to_owned();
    let (said, heard) = (notes.said(), notes.heard());
    match (failure, heard) {
        _ if notes.flooded() => Trouble::TooMuch { server },
        (Failure::Refused(why), _) => Trouble::Refused {
            server,
            why: notes.veil.on(&why),
        },
        // Some log to stdout and then fail for another reason, which they tell on stderr.
        (_, Some(heard)) if said.is_empty() => Trouble::NotMcp { server, heard },
        (Failure::Late, _) => Trouble::Silent {
            server,
            seconds: patience.as_secs(),
            said,
        },
        (Failure::Key | Failure::Broken(_), _) => Trouble::Exited { server, code, said },
    }
}

fn of_address(
    server: &Server,
    url: &str,
    failure: Failure,
    veil: &Veil,
    root: Root,
    patience: Duration,
) -> Trouble {
    let name = server.name.clone();
    let error = match failure {
        Failure::Late => {
            let said = String::new();
            return Trouble::Silent {
                server: name,
                seconds: patience.as_secs(),
                said,
            };
        }
        Failure::Refused(why) => {
            return Trouble::Refused {
                server: name,
                why: veil.on(&why),
            };
        }
        Failure::Key => {
            return Trouble::KeyRefused {
                server: name,
                why: String::new(),
            };
        }
        Failure::Broken(error) => error,
    };
    let told = veil.on(&error.to_string());
    let address = origin(url);
    let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
    if let Some(why) = root(error.as_ref()) {
        return Trouble::Unreachable {
            server: name,
            address,
            why: veil.on(&why),
        };
    }
    let why = shortened(&told);
    // The library tells a status only in its words.
    if says(&["HTTP 401", "HTTP 403"]) {
        Trouble::KeyRefused { server: name, why }
    } else if says(&["HTTP 429", "HTTP 5"]) {
        Trouble::Failing { server: name, why }
    } else {
        Trouble::WrongAddress { address, why }
    }
}

/// What was at the root of a request that never got an answer.
type Root = fn(&(dyn Error + 'static)) -> Option<String>;

/// The library's errors name the address, which may hold a key, and hide what happened behind it. Its HTTP client is
/// named here by what uses it: this crate has none of its own.
fn root_of<C: StreamableHttpClient>(_: &StreamableHttpClientTransport<C>) -> Root {
    |error| {
        let StreamableHttpError::<C::Error>::Client(error) = error.downcast_ref()? else {
            return None;
        };
        let links = std::iter::successors(Some(error as &(dyn Error + 'static)), |link| (*link).source());
        links.last().map(ToString::to_string)
    }
}

/// A refusal can be a whole web page.
fn shortened(text: &str) -> String {
    let start: String = text.chars().take(300).collect();
    if start.len() < text.len() {
        start + "…"
    } else {
        start
    }
}
