//! What stands in the bytes, field for field. Fields we do not know are kept and sent on.

pub(crate) mod glance;
pub mod openai;
pub mod peek;
pub(crate) mod script;
pub(crate) mod strict;
pub(crate) mod walk;

use serde::{Deserialize, Deserializer};

/// Gateways written in Go say `null` for an empty list or word; a missing field and a null one mean the same.
pub(crate) fn null_is_none<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
