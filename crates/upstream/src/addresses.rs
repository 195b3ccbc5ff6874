//! Addresses as they are asked for, read once.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use http::Uri;

/// The addresses that were asked last. A relay asks the same few again and again, and to read one takes longer than
/// to find it here.
#[derive(Default)]
pub(crate) struct Addresses(Mutex<VecDeque<(String, Uri)>>);

impl Addresses {
    const KEPT: usize = 8;

    /// `None` for what is no address.
    pub(crate) fn read(&self, text: String) -> Option<Uri> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, address)) = known.iter().find(|(other, _)| *other == text) {
            return Some(address.clone());
        }
        let address: Uri = text.parse().ok()?;
        known.truncate(Self::KEPT - 1);
        known.push_front((text, address.clone()));
        Some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_the_same_whether_it_is_remembered_or_not() {
        let addresses = Addresses::default();
        let text = |number: usize| format!("http://a.example/v1/jobs/{number}?x=y");
        for number in (0..20).chain((0..20).rev()).flat_map(|number| [number; 2]) {
            let read = addresses.read(text(number));
            assert_eq!(read, text(number).parse().ok(), "{number}");
            assert!(read.is_some());
        }
        assert_eq!(
            addresses.0.lock().unwrap().len(),
            Addresses::KEPT,
            "no more than that are kept"
        );
        assert_eq!(addresses.read("http://a.example/a b".into()), None);
    }
}
