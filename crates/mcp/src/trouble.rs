//! Everything that can go wrong with a server, in sentences for people: what happened, whose fault it is, what to do.

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The person's: they can mend it themselves.
    Person,
    /// The server's, or the way there.
    Server,
}

/// What went wrong with a server or a call. Its text is what happened; [`Trouble::remedy`] is what to do, and
/// [`Trouble::detail`] what the server said. Secrets are struck out of all three.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The program is in none of the usual places.
    #[error("{command} was not found on this computer.")]
    NotFound {
        /// As it was given.
        command: String,
    },
    /// Values are missing.
    #[error("{server} still needs {}.", names.join(", "))]
    Missing {
        /// Who.
        server: String,
        /// What of.
        names: Vec<String>,
    },
    /// The system does not start the program.
    #[error("{command} could not be started: {why}.")]
    NotStarted {
        /// As it was given.
        command: String,
        /// In the system's words.
        why: String,
    },
    /// The program ended before it spoke.
    #[error("{server} ended before it was ready{}.", ending(*code))]
    Exited {
        /// Who.
        server: String,
        /// Its exit code, where there was one.
        code: Option<i32>,
        /// The last it wrote to stderr.
        said: String,
    },
    /// Nothing came in time.
    #[error("{server} did not answer within {seconds} seconds of its start.")]
    Silent {
        /// Who.
        server: String,
        /// How long we waited.
        seconds: u64,
        /// The last it wrote to stderr.
        said: String,
    },
    /// What came is not MCP.
    #[error("{server} does not speak MCP.")]
    NotMcp {
        /// Who.
        server: String,
        /// What came instead.
        heard: String,
    },
    /// It speaks MCP and does not want us.
    #[error("{server} refused the connection.")]
    Refused {
        /// Who.
        server: String,
        /// In its words.
        why: String,
    },
    /// The address wants another key, or one at all.
    #[error("{server} does not accept the key.")]
    KeyRefused {
        /// Who.
        server: String,
        /// In its words.
        why: String,
    },
    /// It is overloaded or broken.
    #[error("{server} fails at the moment.")]
    Failing {
        /// Who.
        server: String,
        /// In its words.
        why: String,
    },
    /// Somebody else answers at the address.
    #[error("Nothing at {address} answers as an MCP server over streamable HTTP.")]
    WrongAddress {
        /// Without what may be secret.
        address: String,
        /// What came instead.
        why: String,
    },
    /// Nobody answers at the address.
    #[error("{server} cannot be reached at {address}.")]
    Unreachable {
        /// Who.
        server: String,
        /// Without what may be secret.
        address: String,
        /// In the network's words.
        why: String,
    },
    /// The address or a header cannot be right.
    #[error("The {what} of {server} cannot be right.")]
    Invalid {
        /// Who.
        server: String,
        /// Which of its settings.
        what: String,
    },
    /// It was not started, or was stopped.
    #[error("This server is switched off.")]
    Off,
    /// It ended, again and again.
    #[error("{server} has ended {times} times in a row.")]
    KeptEnding {
        /// Who.
        server: String,
        /// How often it was started again.
        times: u32,
        /// The last it wrote to stderr.
        said: String,
    },
    /// It ended, or broke off, in the middle of the call.
    #[error("{server} broke off before the answer was there.")]
    Lost {
        /// Who.
        server: String,
        /// The last it said.
        said: String,
    },
    /// It sent more than anybody can read.
    #[error("{server} sent more than 16 MB in one piece.")]
    TooMuch {
        /// Who.
        server: String,
    },
    /// The tool took too long.
    #[error("{tool} of {server} did not answer within {seconds} seconds.")]
    TimedOut {
        /// Who.
        server: String,
        /// Which of its tools.
        tool: String,
        /// How long we waited.
        seconds: u64,
    },
    /// The person stopped it.
    #[error("The call was stopped.")]
    Cancelled,
}

impl Trouble {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Trouble::NotFound { .. }
            | Trouble::Missing { .. }
            | Trouble::KeyRefused { .. }
            | Trouble::WrongAddress { .. }
            | Trouble::Invalid { .. }
            | Trouble::Off
            | Trouble::Cancelled => Fault::Person,
            Trouble::NotStarted { .. }
            | Trouble::Exited { .. }
            | Trouble::Silent { .. }
            | Trouble::NotMcp { .. }
            | Trouble::Refused { .. }
            | Trouble::Failing { .. }
            | Trouble::Unreachable { .. }
            | Trouble::KeptEnding { .. }
            | Trouble::Lost { .. }
            | Trouble::TooMuch { .. }
            | Trouble::TimedOut { .. } => Fault::Server,
        }
    }

    /// What to do, where anything helps.
    pub fn remedy(&self) -> Option<String> {
        let told = match self {
            Trouble::NotFound { command } => return Some(how_to_get(command)),
            Trouble::Missing { .. } => "Fill in what is missing in the settings of this server.",
            Trouble::NotStarted { .. } => {
                "Look whether the program may be run, and whether it is one for this system."
            }
            Trouble::Exited { .. } | Trouble::KeptEnding { .. } => {
                "Look at what it said, and whether its arguments and keys are right; then start it again."
            }
            Trouble::Silent { .. } => {
                "The first start downloads the program, which takes a while: start it again."
            }
            Trouble::NotMcp { .. } => {
                "Look whether the command and its arguments are those from the server's own page."
            }
            Trouble::Refused { .. } => "Look at what it said; a newer version of the server may help.",
            Trouble::Failing { .. } => "Wait a little, then start it again.",
            Trouble::KeyRefused { .. } => "Put in the key again, or make a new one on the server's page.",
            Trouble::WrongAddress { .. } => {
                "Take the address for streamable HTTP from the server's page; it often ends in /mcp, and one that ends in /sse is of an older kind."
            }
            Trouble::Unreachable { .. } => {
                "Look at the address, at the network, and whether the server runs."
            }
            Trouble::Invalid { .. } => "Copy it again from the server's page.",
            Trouble::Off => "Switch it on in the settings.",
            Trouble::Lost { .. } => "Ask again; Nexdesk starts the server once more.",
            Trouble::TooMuch { .. } => "Ask the tool for less.",
            Trouble::TimedOut { .. } => "Ask again, or ask for less.",
            Trouble::Cancelled => return None,
        };
        Some(told.to_owned())
    }

    /// What the other side said, where that adds something.
    pub fn detail(&self) -> Option<&str> {
        let said = match self {
            Trouble::Exited { said, .. }
            | Trouble::Silent { said, .. }
            | Trouble::KeptEnding { said, .. }
            | Trouble::Lost { said, .. } => said,
            Trouble::NotMcp { heard, .. } => heard,
            Trouble::Refused { why, .. }
            | Trouble::Failing { why, .. }
            | Trouble::KeyRefused { why, .. }
            | Trouble::WrongAddress { why, .. }
            | Trouble::Unreachable { why, .. } => why,
            Trouble::NotFound { .. }
            | Trouble::Missing { .. }
            | Trouble::NotStarted { .. }
            | Trouble::Invalid { .. }
            | Trouble::Off
            | Trouble::TooMuch { .. }
            | Trouble::TimedOut { .. }
            | Trouble::Cancelled => return None,
        };
        (!said.is_empty()).then_some(said)
    }
}

fn ending(code: Option<i32>) -> String {
    code.map(|code| format!(" (exit code {code})"))
        .unwrap_or_default()
}

/// The programs that servers are started with, and what brings them.
fn how_to_get(command: &str) -> String {
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    let name = name.split('.').next().unwrap_or(name);
    let (what, page) = match name {
        "npx" | "node" | "npm" => ("Node.js", "https://nodejs.org"),
        "uvx" | "uv" => ("uv", "https://docs.astral.sh/uv"),
        "python" | "python3" | "pipx" => ("Python", "https://www.python.org"),
        "docker" => ("Docker", "https://www.docker.com"),
        "bunx" | "bun" => ("Bun", "https://bun.sh"),
        "deno" => ("Deno", "https://deno.com"),
        _ => return format!("Install {name}, or give its full path in the settings of this server."),
    };
    format!("Install {what} ({page}), then start the server again.")
}
