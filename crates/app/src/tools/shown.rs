//! Servers and their tools as the window shows and sends them. Values of secrets only ever come in.

use nexdesk_ledger::ToolPermission as Row;
use nexdesk_mcp::{Fault as Whose, State, Tool, Trouble};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::problem::{Fault, Problem, ProblemCode};

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum McpTransport {
    /// A program of this computer.
    Stdio {
        /// By name or path.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// The names of its variables; their values are in the vault.
        env: Vec<String>,
    },
    /// An address that speaks streamable HTTP.
    Http {
        /// The address.
        url: String,
    },
}

/// Whether a tool may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ToolPermission {
    /// The person is asked each time.
    Ask,
    /// Without asking.
    Always,
    /// Not at all.
    Never,
}

/// A tool of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct McpTool {
    /// Unique within its server.
    pub name: String,
    /// What it does; written by a stranger.
    pub description: String,
    /// Whether it may be called.
    pub permission: ToolPermission,
    /// The server says that it changes nothing. Nobody checked, so it asks like any other.
    pub read_only: bool,
}

/// Where a server stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum McpState {
    /// Nobody asked for it yet, or it is switched off.
    Off,
    /// It is being started.
    Starting,
    /// Its tools can be called.
    Ready,
    /// It is not running, and will not by itself.
    Failed,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct McpServer {
    /// Stable.
    pub id: String,
    /// As its person calls it.
    pub name: String,
    /// How it is reached.
    pub transport: McpTransport,
    /// Whether it may be started.
    pub enabled: bool,
    /// Where it stands.
    pub state: McpState,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// What it brings; while it is not ready, what it brought when it last was.
    pub tools: Vec<McpTool>,
}

/// A value that goes to the vault, under the name of a variable or a header.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct McpSecret {
    /// Which variable or header.
    pub name: String,
    /// Empty for what is there already.
    pub value: String,
}

/// A server to add or change.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SaveMcpServer {
    /// Which; none for a new one.
    pub id: Option<String>,
    /// What to call it.
    pub name: String,
    /// How it is reached.
    pub transport: McpTransport,
    /// Whether it may be started.
    pub enabled: bool,
    /// Values that are new.
    pub secrets: Vec<McpSecret>,
}

/// A server found in another app's JSON or in the catalogue, to look at before it is added. The values are those of
/// the text that was pasted.
#[derive(Clone, Debug, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct McpOffer {
    /// As it was called there.
    pub name: String,
    /// How it is reached.
    pub transport: McpTransport,
    /// What it needs; empty where nobody has given it yet.
    pub secrets: Vec<McpSecret>,
    /// What a person should know.
    pub note: Option<String>,
    /// Where its key is made.
    pub console: Option<String>,
    /// Whether there is a server of this name.
    pub already: bool,
}

impl std::fmt::Debug for McpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("McpSecret")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What is noted of a tool, for the time when its server does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KnownTool {
    name: String,
    description: String,
    read_only: bool,
}

impl From<&Tool> for KnownTool {
    fn from(tool: &Tool) -> Self {
        Self {
            name: tool.name.clone(),
            description: tool.description.clone(),
            read_only: tool.read_only,
        }
    }
}

impl McpTool {
    pub(super) fn shown(tool: KnownTool, permissions: &[(String, Row)]) -> Self {
        let said = permissions.iter().find(|(name, _)| *name == tool.name);
        Self {
            permission: said.map_or(ToolPermission::Ask, |(_, permission)| (*permission).into()),
            name: tool.name,
            description: tool.description,
            read_only: tool.read_only,
        }
    }
}

impl McpState {
    pub(super) fn of(state: State) -> (Self, Option<Problem>) {
        match state {
            State::Off => (Self::Off, None),
            State::Starting => (Self::Starting, None),
            State::Ready => (Self::Ready, None),
            State::Failed(trouble) => (Self::Failed, Some(Problem::from(&trouble))),
        }
    }
}

impl From<Row> for ToolPermission {
    fn from(row: Row) -> Self {
        match row {
            Row::Ask => Self::Ask,
            Row::Always => Self::Always,
            Row::Never => Self::Never,
        }
    }
}

impl From<ToolPermission> for Row {
    fn from(permission: ToolPermission) -> Self {
        match permission {
            ToolPermission::Ask => Self::Ask,
            ToolPermission::Always => Self::Always,
            ToolPermission::Never => Self::Never,
        }
    }
}

impl From<&Trouble> for Problem {
    fn from(trouble: &Trouble) -> Self {
        let code = match (trouble, trouble.fault()) {
            (Trouble::KeyRefused { .. }, _) => ProblemCode::KeyRefused,
            (Trouble::Unreachable { .. }, _) => ProblemCode::GatewayUnreachable,
            (Trouble::Cancelled, _) => ProblemCode::Cancelled,
            (_, Whose::Person) => ProblemCode::InvalidInput,
            (_, Whose::Server) => ProblemCode::GatewayFailed,
        };
        Problem {
            fault: match trouble.fault() {
                Whose::Person => Fault::You,
                Whose::Server => Fault::Gateway,
            },
            remedy: trouble.remedy(),
            detail: trouble.detail().map(str::to_owned),
            ..Problem::new(code, trouble.to_string())
        }
    }
}
