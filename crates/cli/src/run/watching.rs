//! Orders about looking on, and how the door of `nexd serve` is opened.

use nexdesk_app::control::{Order, Secret, WatchingOrder};
use nexdesk_app::settings::Settings;
use nexdesk_app::{Options, Problem};

use super::Errand;
use crate::args::{Doors, Watch};
use crate::exit::Stop;
use crate::typed;

pub(super) fn of_watch(verb: Watch) -> Result<Errand, Stop> {
    Ok(match verb {
        Watch::MetricsToken { remove } => Errand {
            done: "There is nothing at /metrics any more.".into(),
            ..order(WatchingOrder::MetricsToken { remove })
        },
        Watch::CollectorSecret { remove } => {
            let secret = if remove {
                Secret(String::new())
            } else {
                typed::key("the collector")?
            };
            Errand {
                done: if remove {
                    "Removed.".into()
                } else {
                    "Kept where the keys are.".into()
                },
                ..order(WatchingOrder::CollectorSecret { secret })
            }
        }
    })
}

pub(super) fn exchange(id: String) -> Errand {
    order(WatchingOrder::Exchange { id })
}

fn order(about: WatchingOrder) -> Errand {
    Order::Watching { about }.into()
}

/// The same words as the window's settings, so that both are checked by the same rules.
pub(super) fn doors(options: Options, typed: Doors) -> Result<Options, Problem> {
    let settings = Settings {
        lan: typed.lan,
        hosts: typed.allow_host,
        allowed_origins: typed.allow_origin,
        socket_path: typed.socket.map(|path| path.to_string_lossy().into_owned()),
        otlp_endpoint: typed.otlp_endpoint,
        otlp_header: typed.otlp_header,
        metrics_by_model: typed.metrics_by_model,
        ..Settings::default()
    };
    Ok(Options {
        access: settings.access()?,
        watch: settings.watch()?,
        ..options
    })
}
