//! `nexd serve`: the relay until a signal comes, and then until the last stream has ended.

use std::time::Duration;

use nexdesk_app::status::{Notice, RelayState};
use nexdesk_app::{App, Options, Problem, ProblemCode};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::door::Door;
use crate::exit::Stop;
use crate::print::Paper;
use crate::signals::Signals;
use crate::unlock::{Use, open_vault};

/// How long trouble may go untold.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// No answer we know of streams for longer; a second signal is for who does not want to wait.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Serves on `port`, or on the next free one.
pub(crate) fn serve(options: Options, port: u16, paper: Paper) -> Result<(), Stop> {
    let options = Options {
        relay_port: Some(port),
        ..options
    };
    let mut door = Door::open_own(options.clone())?;
    let outcome = open_vault(&mut door, Use::Read, &options, paper).and_then(|()| until_told(&door, paper));
    match (outcome, door.app().cloned()) {
        (Ok(mut signals), Some(app)) => finish(app, door.runtime(), &mut signals, paper),
        (outcome, _) => {
            door.close();
            outcome.map(drop)
        }
    }
}

fn until_told(door: &Door, paper: Paper) -> Result<Signals, Stop> {
    let Some(app) = door.app() else {
        return Err(Problem::new(ProblemCode::DataDirHeld, "The data directory is not ours.").into());
    };
    let status = app.status()?;
    let relay = status.relay;
    let url = relay.url.filter(|_| relay.state != RelayState::Stopped);
    let Some(url) = url else {
        let said = relay.note.unwrap_or_else(|| "The relay is not running.".into());
        return Err(Problem::new(ProblemCode::PortInUse, said).into());
    };
    let _inside = door.runtime().enter();
    // Before the address is said: whoever has read it may send the signal at once.
    let mut signals = Signals::listen()?;
    paper.notices(&status.notices);
    if let Some(sentence) = &status.vault.sentence {
        paper.warn(sentence);
    }
    if let Some(note) = &relay.note {
        paper.warn(note);
    }
    let said =
        format!("Nexdesk answers at {url} until Ctrl+C. A tool needs a token: `nexd tokens add NAME`.");
    paper.listening(&url, &said)?;
    door.runtime()
        .block_on(watch(app, &mut signals, status.notices, paper));
    Ok(signals)
}

/// Until a signal comes; what goes wrong meanwhile, a full disk say, is told when it begins. It is asked for and not
/// listened for: events are made for every exchange as soon as somebody listens.
async fn watch(app: &App, signals: &mut Signals, mut told: Vec<Notice>, paper: Paper) {
    loop {
        tokio::select! {
            _ = signals.next() => return,
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
        }
        let notices = app.notices();
        let fresh: Vec<_> = notices
            .iter()
            .filter(|notice| !told.contains(notice))
            .cloned()
            .collect();
        paper.notices(&fresh);
        told = notices;
    }
}

/// Closing blocks, so it has a thread, and this one listens for the second signal.
fn finish(app: App, runtime: &Runtime, signals: &mut Signals, paper: Paper) -> Result<(), Stop> {
    let under_way = app.relay().load().streaming;
    if under_way > 0 {
        let answers = if under_way == 1 { "answer" } else { "answers" };
        paper.aside(&format!(
            "Finishing {under_way} running {answers}; a second signal ends at once."
        ));
    }
    let (closed, done) = oneshot::channel();
    std::thread::spawn(move || {
        app.close(PATIENCE);
        let _ = closed.send(());
    });
    runtime.block_on(async {
        tokio::select! {
            _ = done => Ok(()),
            code = signals.next() => Err(Stop::Signal(code)),
        }
    })
}
