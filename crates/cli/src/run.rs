//! From what was typed to an order, and from what comes of it to the terminal.

mod chats;
mod routing;
mod watching;

use std::path::Path;
use std::sync::Arc;

use nexdesk_app::control::{KeyUse, Order, Reply, RoutingOrder};
use nexdesk_app::keys::TokenChange;
use nexdesk_app::{Options, default_data_dir, restore_snapshot};
use nexdesk_vault::Secret;

use crate::args::{Args, Command, Gateways, Keys, Limits, Tokens, WhenLeft};
use crate::door::Door;
use crate::exit::Stop;
use crate::print::{Answer, Paper};
use crate::unlock::{Use, open_vault};
use crate::{sandbox, serve, typed};

/// An order, and what to say when it is done and has nothing to say itself.
struct Errand {
    order: Order,
    done: String,
}

/// Does what was typed.
pub(crate) fn run(args: Args, paper: Paper) -> Result<(), Stop> {
    let mut options = Options::new(args.data_dir.unwrap_or_else(default_data_dir), "nexd");
    options.passphrase = std::env::var("NEXDESK_PASSPHRASE")
        .ok()
        .filter(|given| !given.is_empty())
        .map(Secret::new);
    let errand = match args.command {
        Command::Serve { port, doors } => {
            return serve::serve(watching::doors(options, *doors)?, port, paper);
        }
        Command::Sandbox { port } => return sandbox::run(port, paper),
        Command::Restore { snapshot } => return restore(&snapshot, paper),
        Command::Gateways(verb) => of_gateways(verb),
        Command::Keys(verb) => of_keys(verb)?,
        Command::Tokens(verb) => of_tokens(verb),
        Command::Routes(verb) => routing::of_routes(verb),
        Command::Compat(verb) => routing::of_compat(verb),
        Command::Chats(verb) => chats::of_chats(verb)?,
        Command::Watch(verb) => watching::of_watch(verb)?,
        Command::Exchange { id } => watching::exchange(id),
        Command::Models => Order::Models.into(),
        Command::Usage { limit } => Order::Usage { limit }.into(),
        Command::Status => Order::Status.into(),
        // Read before the data directory is opened: nobody shall wait for who is still typing.
        Command::Ask { model, text } => Order::Ask {
            model,
            text: typed::question(&text, paper)?,
        }
        .into(),
    };
    let mut door = Door::open(options.clone())?;
    paper.notices(&door.notices());
    let outcome = carry_out(errand, &mut door, &options, paper);
    door.close();
    outcome
}

/// Without opening the data directory: a database of a newer version could not be opened.
fn restore(snapshot: &Path, paper: Paper) -> Result<(), Stop> {
    let kept = restore_snapshot(snapshot)?;
    let kept = kept.map(|path| format!(" The database that was there is kept as {}.", path.display()));
    Ok(paper.done(&format!(
        "Went back to {}.{}",
        snapshot.display(),
        kept.unwrap_or_default()
    ))?)
}

fn carry_out(errand: Errand, door: &mut Door, options: &Options, paper: Paper) -> Result<(), Stop> {
    if let Some(wanted) = Use::of(&errand.order) {
        open_vault(door, wanted, options, paper)?;
    }
    let answer = Answer::new(paper);
    let hearing = Arc::clone(&answer);
    let reply = door.obey(
        errand.order,
        Arc::new(move |events| hearing.hear(&events)),
        answer.cut(),
    );
    answer.end()?;
    match reply? {
        Reply::Done => Ok(paper.done(&errand.done)?),
        reply => paper.reply(reply),
    }
}

fn of_gateways(verb: Gateways) -> Errand {
    match verb {
        Gateways::Add { name, preset, url } => Order::AddGateway { name, preset, url }.into(),
        Gateways::List => Order::ListGateways.into(),
        Gateways::Remove { name } => Errand {
            done: format!("Removed the gateway {name} and its keys."),
            order: Order::RemoveGateway { name },
        },
    }
}

fn of_keys(verb: Keys) -> Result<Errand, Stop> {
    Ok(match verb {
        Keys::Add { gateway, name } => Order::AddKey {
            secret: typed::key(&gateway)?,
            gateway,
            name,
        }
        .into(),
        Keys::List { gateway } => Order::ListKeys { gateway }.into(),
        Keys::Check { gateway, name } => Order::CheckKeys { gateway, name }.into(),
        Keys::Set {
            gateway,
            name,
            weight,
            off,
            on,
            when_left,
        } => routing::order(RoutingOrder::SetKey(KeyUse {
            gateway,
            name,
            weight,
            enabled: (on || off).then_some(on),
            reads_on: when_left.map(|what| what == WhenLeft::ReadOn),
        })),
        Keys::Remove { gateway, name } => Errand {
            done: format!("Removed the key {name} of {gateway}."),
            order: Order::RemoveKey { gateway, name },
        },
    })
}

fn of_tokens(verb: Tokens) -> Errand {
    match verb {
        Tokens::Add { name, limits } => Order::AddToken {
            name,
            limits: Box::new(limits.into()),
        }
        .into(),
        Tokens::Set { name, limits } => Order::SetToken {
            name,
            change: Box::new(limits.into()),
        }
        .into(),
        Tokens::Pause { name } => Order::PauseToken { name, paused: true }.into(),
        Tokens::Resume { name } => Order::PauseToken { name, paused: false }.into(),
        Tokens::List => Order::ListTokens.into(),
        Tokens::Revoke { name } => Errand {
            done: format!(
                "Revoked the token {name}; the relay refuses it from now on. An answer that has begun comes to its end."
            ),
            order: Order::RevokeToken { name },
        },
    }
}

impl From<Limits> for TokenChange {
    fn from(typed: Limits) -> Self {
        Self {
            models: typed.models,
            endpoints: typed.endpoints,
            rpm: typed.rpm,
            tpm: typed.tpm,
            concurrency: typed.concurrency,
            per_day: typed.per_day,
            per_month: typed.per_month,
            total: typed.total,
            unpriced: typed.unpriced,
            expires: typed.expires,
            capture: typed.capture,
        }
    }
}

impl From<Order> for Errand {
    fn from(order: Order) -> Self {
        Self {
            order,
            done: String::new(),
        }
    }
}
