//! `nexd sandbox`: the offline gateway alone, for tests of other programs.

use nexdesk_app::{Problem, ProblemCode};
use nexdesk_sandbox::{MISBEHAVIOURS, MODELS, Sandbox, Settings};
use tokio::runtime::Builder;

use crate::exit::Stop;
use crate::print::{Paper, Table};
use crate::signals::Signals;

/// Runs until a signal comes.
pub(crate) fn run(port: u16, paper: Paper) -> Result<(), Stop> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let inside = runtime.enter();
    // Before the address is said: whoever has read it may send the signal at once.
    let mut signals = Signals::listen()?;
    drop(inside);
    let settings = Settings {
        port,
        ..Settings::default()
    };
    let sandbox = Sandbox::start(settings).map_err(|error| {
        let said = format!("The sandbox cannot listen on 127.0.0.1:{port}: {error}.");
        Problem::new(ProblemCode::PortInUse, said)
    })?;
    let said = format!(
        "The sandbox answers at {} until Ctrl+C: offline, free, with any key or none.\n\n{}",
        sandbox.url(),
        offered()
    );
    paper.listening(&sandbox.url(), &said)?;
    runtime.block_on(signals.next());
    sandbox.stop();
    Ok(())
}

fn offered() -> String {
    let mut models = Table::new(&["MODEL", "WHAT IT DOES"]);
    for model in MODELS {
        models.row([model.id, model.about]);
    }
    let mut misbehaving = Table::new(&["MODEL", "WHAT IT DOES WRONG"]);
    for row in MISBEHAVIOURS {
        misbehaving.row([row.model, row.what]);
    }
    format!("{}\n{}", models.text(), misbehaving.text().trim_end())
}
