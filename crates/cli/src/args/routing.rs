//! What can be typed about the way requests take.

use clap::{Subcommand, ValueEnum};
use nexdesk_app::routes::Strategy;

/// `nexd routes …`
#[derive(Debug, Subcommand)]
pub(crate) enum Routes {
    /// Lists them, in the order they are looked at
    List,
    /// Adds one: from now on the name leads there and nowhere else
    Add {
        /// The name tools ask for; `*` stands for any characters, as in `gpt-4*`
        pattern: String,
        /// Where it leads: `gateway/model`, `gateway/` for the same name there, or a model of any gateway; again for the
        /// next to fall back on
        #[arg(long, required = true, value_name = "TARGET")]
        to: Vec<String>,
        /// Which is asked first
        #[arg(long, default_value = "order")]
        by: By,
        /// The shares for `--by weighted`, in the order of the targets, as in `3,1`
        #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=1000))]
        weights: Vec<u32>,
        /// Only for this local token
        #[arg(long, value_name = "NAME")]
        token: Option<String>,
    },
    /// Says who would be asked for a model, in which order, and why; asks nobody
    Preview {
        /// The model
        model: String,
        /// As this local token
        #[arg(long, value_name = "NAME")]
        token: Option<String>,
    },
    /// Removes one
    Remove {
        /// The name or pattern it is for
        pattern: String,
        /// The one of this local token
        #[arg(long, value_name = "NAME")]
        token: Option<String>,
    },
}

/// Which target of a route is asked first.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum By {
    /// As they stand; the next where one fails
    Order,
    /// The one with the lowest price
    Cheapest,
    /// The one whose first word came soonest of late
    Fastest,
    /// Each as often as its weight says
    Weighted,
}

/// What becomes of an answer whose caller has hung up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhenLeft {
    /// The gateway is hung up on too
    Stop,
    /// It is read to its end
    ReadOn,
}

/// `nexd compat …`
#[derive(Debug, Subcommand)]
pub(crate) enum Compat {
    /// Lists the parameters that gateways were found not to take, which are left out for them
    List,
    /// Forgets one: it is sent again
    Forget {
        /// Of which gateway
        gateway: String,
        /// Of which model
        model: String,
        /// Which parameter
        parameter: String,
    },
}

impl From<By> for Strategy {
    fn from(by: By) -> Self {
        match by {
            By::Order => Self::Order,
            By::Cheapest => Self::Cheapest,
            By::Fastest => Self::Fastest,
            By::Weighted => Self::Weighted,
        }
    }
}
