//! Looking into a value without trusting its type: what is not there, or is something else, is simply not there.

use serde_json::Value;

/// Looks that cannot fail.
pub(crate) trait Look {
    /// The member, or null.
    fn at(&self, key: &str) -> &Value;
    /// A text that is not blank.
    fn text(&self, key: &str) -> Option<&str>;
    /// The same, owned.
    fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }
    /// The elements of an array, or none.
    fn list(&self, key: &str) -> &[Value];
    /// True, or a number or text that is there: some programs store the time of pinning.
    fn flag(&self, key: &str) -> bool;
    /// A whole number that is not negative.
    fn count(&self, key: &str) -> Option<u64>;
    /// A text or a number, as text: ids are both.
    fn id(&self, key: &str) -> Option<String>;
    /// Text as it is, or anything else as compact JSON; null is nothing.
    fn as_words(&self) -> Option<String>;
}

impl Look for Value {
    fn at(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&Value::Null)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.at(key).as_str().filter(|text| !text.trim().is_empty())
    }

    fn list(&self, key: &str) -> &[Value] {
        self.at(key).as_array().map_or(&[], Vec::as_slice)
    }

    fn flag(&self, key: &str) -> bool {
        match self.at(key) {
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_f64().is_some_and(|number| number > 0.0),
            Value::String(text) => !text.is_empty() && text != "false",
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    fn count(&self, key: &str) -> Option<u64> {
        let value = self.at(key);
        let whole = value.as_u64();
        whole.or_else(|| {
            let number = value.as_f64().filter(|number| *number >= 0.0 && *number < 1e15)?;
            Some(number as u64)
        })
    }

    fn id(&self, key: &str) -> Option<String> {
        match self.at(key) {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn as_words(&self) -> Option<String> {
        match self {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }
}
