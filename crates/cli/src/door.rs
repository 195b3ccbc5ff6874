//! The way to the data directory: our own while nobody holds it, else through whoever does.

use std::sync::Arc;
use std::time::Duration;

use nexdesk_app::chat::{ChatEvent, Sink};
use nexdesk_app::control::{Order, Remote, Reply};
use nexdesk_app::status::Notice;
use nexdesk_app::{App, Opening, Options, Problem, ProblemCode};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::exit::Stop;
use crate::signals::Signals;

/// A holder that does not listen is another `nexd` on its way in or out, so a little patience is enough.
const TRIES: u32 = 60;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);
/// For who came in through us in the moment before we closed.
const LATE_GUESTS: Duration = Duration::from_secs(10);

/// Where the events of an answer go, however often the order has to be sent.
pub(crate) type Hearing = Arc<dyn Fn(Vec<ChatEvent>) + Send + Sync>;

/// An open way to the data directory.
pub(crate) struct Door {
    runtime: Runtime,
    options: Options,
    way: Way,
}

enum Way {
    Ours(App),
    Through(Arc<Remote>),
}

impl Door {
    /// Opens the data directory, or finds who holds it.
    pub(crate) fn open(options: Options) -> Result<Self, Stop> {
        let runtime = runtime()?;
        let way = runtime.block_on(find(&options))?;
        Ok(Self {
            runtime,
            options,
            way,
        })
    }

    /// Opens the data directory for ourselves alone.
    pub(crate) fn open_own(options: Options) -> Result<Self, Stop> {
        let runtime = runtime()?;
        let own = async {
            for _ in 1..TRIES {
                if let Opening::Ours(app) = App::open(options.clone())? {
                    return Ok(app);
                }
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            match App::open(options.clone())? {
                Opening::Ours(app) => Ok(app),
                Opening::Held(held) => Err(held.problem),
            }
        };
        let way = Way::Ours(runtime.block_on(own)?);
        Ok(Self {
            runtime,
            options,
            way,
        })
    }

    /// What opening it has found out and a person should know. Its holder tells its own person.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        match &self.way {
            Way::Ours(app) => app.status().map(|status| status.notices).unwrap_or_default(),
            Way::Through(_) => Vec::new(),
        }
    }

    /// Carries out an order that is over in a moment; a signal ends the process as it always does.
    pub(crate) fn ask(&mut self, order: Order) -> Result<Reply, Stop> {
        let Self {
            runtime,
            options,
            way,
        } = self;
        let unheard: Hearing = Arc::new(|_| {});
        Ok(runtime.block_on(way.obey(options, order, unheard))?)
    }

    /// Carries out an order until it is done, a signal comes, or `cut` says that nobody is reading any more. What an
    /// order has begun at a gateway is stopped by leaving it.
    pub(crate) fn obey(
        &mut self,
        order: Order,
        hearing: Hearing,
        cut: impl Future<Output = Stop>,
    ) -> Result<Reply, Stop> {
        let Self {
            runtime,
            options,
            way,
        } = self;
        runtime.block_on(async {
            let mut signals = Signals::listen()?;
            tokio::select! {
                reply = way.obey(options, order, hearing) => Ok(reply?),
                code = signals.next() => Err(Stop::Signal(code)),
                stop = cut => Err(stop),
            }
        })
    }

    /// The app, where it is ours.
    pub(crate) fn app(&self) -> Option<&App> {
        match &self.way {
            Way::Ours(app) => Some(app),
            Way::Through(_) => None,
        }
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Closes what was opened, after those who came in through us.
    pub(crate) fn close(self) {
        let Self { runtime, way, .. } = self;
        if let Way::Ours(app) = way {
            runtime.block_on(async {
                let Ok(mut signals) = Signals::listen() else {
                    return;
                };
                tokio::select! {
                    () = app.guests_gone() => {}
                    _ = signals.next() => {}
                }
            });
            app.close(LATE_GUESTS);
        }
        // A keychain that still waits for its person does not hold up the exit.
        runtime.shutdown_background();
    }
}

impl Way {
    async fn obey(&mut self, options: &Options, order: Order, hearing: Hearing) -> Result<Reply, Problem> {
        loop {
            let remote = match self {
                Way::Ours(app) => {
                    let sink: Sink = Box::new(move |events| hearing(events));
                    return app.obey(order, &sink).await;
                }
                Way::Through(remote) => Arc::clone(remote),
            };
            match send(remote, order.clone(), Arc::clone(&hearing)).await {
                // It closed just then and has not heard the order: now it is ours, or somebody else's.
                Err(problem) if problem.code == ProblemCode::DataDirHeld => *self = find(options).await?,
                outcome => return outcome,
            }
        }
    }
}

async fn find(options: &Options) -> Result<Way, Problem> {
    let mut tries = 0;
    loop {
        let held = match App::open(options.clone())? {
            Opening::Ours(app) => return Ok(Way::Ours(app)),
            Opening::Held(held) => held,
        };
        if let Some(remote) = Remote::find(&options.data_dir) {
            return Ok(Way::Through(Arc::new(remote)));
        }
        tries += 1;
        if tries == TRIES {
            return Err(held.problem);
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
}

/// On a thread of its own, which is left behind when the order is given up: the process is about to end then.
async fn send(remote: Arc<Remote>, order: Order, hearing: Hearing) -> Result<Reply, Problem> {
    let (done, outcome) = oneshot::channel();
    std::thread::spawn(move || {
        let sink: Sink = Box::new(move |events| hearing(events));
        let _ = done.send(remote.obey(&order, &sink));
    });
    outcome
        .await
        .unwrap_or_else(|_| Err(Problem::new(ProblemCode::Internal, "The order got lost.")))
}

fn runtime() -> Result<Runtime, Problem> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))
}
