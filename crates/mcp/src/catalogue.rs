//! Servers that search the web once a key is given. The list is `catalogue.json`: a row is there only if its package
//! was seen in its registry and started, with a made-up key, far enough to list its tools.

use crate::Transport;
use crate::import::read_json;

/// A server that works once its key is given.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What people call it.
    pub name: String,
    /// One sentence: what it finds.
    pub about: String,
    /// Where a key is made.
    pub key_page: String,
    /// How it is reached; the key is what [`Transport::missing`] names.
    pub transport: Transport,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    about: String,
    key_page: String,
    server: serde_json::Value,
}

/// Every offer, the most used first.
pub fn catalogue() -> Vec<Offer> {
    let rows: Vec<Row> = serde_json::from_str(include_str!("catalogue.json")).unwrap_or_default();
    let offer = |row: Row| {
        // Read as anybody's JSON is: a row may be copied out of it, and into it from a server's page.
        let server = read_json(&row.server.to_string()).ok()?.servers.pop()?;
        Some(Offer {
            name: row.name,
            about: row.about,
            key_page: row.key_page,
            transport: server.transport,
        })
    };
    rows.into_iter().filter_map(offer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_an_offer_and_wants_exactly_one_key() {
        let rows: Vec<serde_json::Value> = serde_json::from_str(include_str!("catalogue.json")).unwrap();
        let offers = catalogue();
        assert_eq!(offers.len(), rows.len(), "a row that cannot be read is no offer");
        for offer in offers {
            assert_eq!(offer.transport.missing().len(), 1, "{offer:?}");
            assert!(offer.key_page.starts_with("https://"), "{offer:?}");
        }
    }
}
