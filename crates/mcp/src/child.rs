//! A server that is a program of this computer: started with a bare environment in a process group of its own, and
//! ended with everything it has started. `npx` is a shell around a shell around the server.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

#[cfg(windows)]
use process_wrap::tokio::JobObject;
#[cfg(unix)]
use process_wrap::tokio::ProcessGroup;
use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::io::AsyncReadExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::task::JoinSet;
use tokio::time::timeout;

use nexdesk_vault::Secret;

use crate::Trouble;
use crate::notes::{Ear, Notes};
use crate::places;

/// What a program needs to run at all. Ours holds more than a stranger's program may see.
#[cfg(unix)]
const NEEDED: [&str; 6] = ["HOME", "LANG", "LC_ALL", "USER", "LOGNAME", "TMPDIR"];
#[cfg(windows)]
const NEEDED: [&str; 14] = [
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "TEMP",
    "TMP",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
    "USERNAME",
    "HOMEDRIVE",
    "HOMEPATH",
    "PROGRAMFILES",
];

/// How long a server may take to leave by itself, and again after it was asked to.
const GRACE: Duration = Duration::from_secs(1);
#[cfg(unix)]
const SIGTERM: i32 = 15;

/// A running child and everything it has started. Dropping it kills them.
pub(crate) struct Child {
    process: Box<dyn ChildWrapper>,
    /// The reader of stderr: a full pipe would stop the child.
    reading: JoinSet<()>,
    over: bool,
}

/// What is spoken through.
pub(crate) type Pipes = (Ear<ChildStdout>, ChildStdin);

impl Child {
    pub(crate) fn start(
        command: &str,
        args: &[String],
        env: &[(String, Secret)],
        notes: &Arc<Notes>,
    ) -> Result<(Child, Pipes), Trouble> {
        let not_started = |why: String| Trouble::NotStarted {
            command: command.to_owned(),
            why: notes.veil.on(&why),
        };
        let mut wrapped = prepare(command, args, env)?;
        let mut process = wrapped.spawn().map_err(|error| not_started(error.to_string()))?;
        let pipes = (
            process.stdout().take(),
            process.stdin().take(),
            process.stderr().take(),
        );
        let mut child = Child {
            process,
            reading: JoinSet::new(),
            over: false,
        };
        let (Some(stdout), Some(stdin), Some(stderr)) = pipes else {
            return Err(not_started("it has no standard input and output".to_owned()));
        };
        child.reading.spawn(read(stderr, notes.clone()));
        Ok((
            child,
            (
                Ear {
                    stdout,
                    notes: notes.clone(),
                },
                stdin,
            ),
        ))
    }

    /// Waits until the program has ended.
    pub(crate) async fn ended(&mut self) {
        // An error of waiting says nothing about the program; its pipes will.
        if self.process.wait().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Ends what is left of it, and tells its exit code if it had ended by itself.
    pub(crate) async fn bury(&mut self) -> Option<i32> {
        let status = timeout(GRACE / 2, self.process.wait()).await;
        self.kill().await;
        // Its last words are in the pipe; a grandchild that left the group may hold the pipe for ever.
        let _ = timeout(GRACE / 2, self.reading.join_next()).await;
        status.ok()?.ok()?.code()
    }

    /// Ends it the way MCP asks for: its standard input is closed by now, then SIGTERM, then force.
    pub(crate) async fn close(mut self) {
        if timeout(GRACE, self.process.wait()).await.is_err() {
            #[cfg(unix)]
            let _ = self.process.signal(SIGTERM);
            let _ = timeout(GRACE, self.process.wait()).await;
        }
        self.kill().await; // also when it has left: what it started may not have
    }

    async fn kill(&mut self) {
        let _ = self.process.start_kill();
        let _ = timeout(GRACE, self.process.wait()).await;
        self.over = true;
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Not twice: by then the number of the group may be somebody else's.
        if !self.over && self.process.start_kill().is_err() {
            tracing::debug!("the server had ended before it was killed");
        }
    }
}

fn prepare(command: &str, args: &[String], env: &[(String, Secret)]) -> Result<CommandWrap, Trouble> {
    let given = env.iter().find(|(name, _)| name == "PATH");
    let path = places::search_path(given.map(|(_, value)| value.expose()));
    let home = env::home_dir().filter(|home| home.is_dir());
    let from = home.clone().unwrap_or_else(env::temp_dir);
    let program = which::which_in(at_home(command, home.as_deref()), Some(&path), &from).map_err(|_| {
        Trouble::NotFound {
            command: command.to_owned(),
        }
    })?;
    let mut wrapped = CommandWrap::with_new(program, |process| {
        let kept = NEEDED.iter().filter_map(|name| Some((*name, env::var_os(name)?)));
        let given = env.iter().map(|(name, value)| (name, value.expose()));
        process.args(args.iter().map(|arg| at_home(arg, home.as_deref())));
        process.env_clear().envs(kept).envs(given).env("PATH", &path);
        process
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        process.current_dir(from);
    });
    #[cfg(unix)]
    wrapped.wrap(ProcessGroup::leader());
    #[cfg(windows)]
    wrapped.wrap(JobObject);
    Ok(wrapped)
}

/// People write `~`, and there is no shell that would know it.
fn at_home(text: &str, home: Option<&Path>) -> PathBuf {
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}

async fn read(mut stderr: ChildStderr, notes: Arc<Notes>) {
    let mut buffer = vec![0; 8 * 1024];
    while let Ok(length @ 1..) = stderr.read(&mut buffer).await {
        notes.say(&buffer[..length]);
    }
}
