//! The relay's long work: where its files are kept, and what a person has said about who speaks which family.

use std::io::ErrorKind;

use nexdesk_ledger::Ledger;
use nexdesk_relay::Clock;
use nexdesk_relay::jobs::Jobs;
use nexdesk_upstream::Upstream;
use nexdesk_upstream::jobs::Families;

use crate::notices::Notices;
use crate::open::Options;
use crate::problem::{Problem, ProblemCode};

/// What was made, by the hash of its content.
const MEDIA: &str = "media";
/// A person's own rows, which come before ours.
const FAMILIES: &str = "families.json";

pub(crate) fn open(
    options: &Options,
    ledger: Ledger,
    upstream: Upstream,
    notices: &Notices,
) -> Result<Jobs, Problem> {
    let clock: Clock = options.clock.clone();
    let media = options.data_dir.join(MEDIA);
    let families = families(options, notices);
    Jobs::open(ledger, upstream, clock, media, families).map_err(|failure| Problem::from(&failure))
}

/// A file that cannot be read changes nothing, and is told of.
fn families(options: &Options, notices: &Notices) -> Families {
    let path = options.data_dir.join(FAMILIES);
    let said = match std::fs::read_to_string(&path) {
        Ok(text) => Families::parse(&text).map_err(|error| error.to_string()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Families::shipped(),
        Err(error) => Err(error.to_string()),
    };
    match said {
        Ok(mine) => Families::shipped().under(mine),
        Err(why) => {
            let said = format!(
                "{} cannot be read: {why}. Until it can, it is left out.",
                path.display()
            );
            notices.raise("families", Problem::new(ProblemCode::InvalidInput, said));
            Families::shipped()
        }
    }
}
