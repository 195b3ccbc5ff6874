//! Members taken out of a JSON body, or named otherwise, while every other byte stays: signatures and prompt caches
//! hang on the bytes.

use std::ops::Range;

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Takes out the members that `drops` name and one comma with each. `None` where none of them is there.
pub(crate) fn without(body: &[u8], drops: &[&str]) -> Option<Bytes> {
    let mut rest: Option<Vec<u8>> = None;
    for path in drops {
        // A key may stand there twice: one parser takes the first, another the last.
        while let Some(cut) = member(rest.as_deref().unwrap_or(body), path).map(|member| member.cut) {
            rest.get_or_insert_with(|| body.to_vec()).drain(cut);
        }
    }
    rest.map(Bytes::from)
}

/// Gives the member `from` the name `to`. `None` where it is not there.
pub(crate) fn renamed(body: &[u8], from: &str, to: &str) -> Option<Bytes> {
    let key = member(body, from)?.key;
    let mut written = body.to_vec();
    written.splice(key, format!("\"{to}\"").into_bytes());
    Some(written.into())
}

/// Whether there is such a member: a name at the top, or a path with dots through objects.
pub(crate) fn has(body: &[u8], path: &str) -> bool {
    member(body, path).is_some()
}

/// Where a member stands.
struct Member {
    /// Its name with the quotes.
    key: Range<usize>,
    /// What goes with it: itself, and the comma on one side.
    cut: Range<usize>,
    value: Range<usize>,
}

fn member(body: &[u8], path: &str) -> Option<Member> {
    let (first, deeper) = path
        .split_once('.')
        .map_or((path, None), |(first, deeper)| (first, Some(deeper)));
    let found = top(body, first)?;
    let Some(deeper) = deeper else {
        return Some(found);
    };
    let at = found.value.start;
    let inner = member(&body[found.value], deeper)?;
    let moved = |range: Range<usize>| range.start + at..range.end + at;
    Some(Member {
        key: moved(inner.key),
        cut: moved(inner.cut),
        value: moved(inner.value),
    })
}

fn top(object: &[u8], name: &str) -> Option<Member> {
    let Members(members) = serde_json::from_slice(object).ok()?;
    let span = |value: &RawValue| {
        let start = value.get().as_ptr().addr() - object.as_ptr().addr();
        start..start + value.get().len()
    };
    // Between the value before and this one there is nothing but white space, one comma or brace, the key, a colon.
    let quote_after = |from: usize| Some(from + object[from..].iter().position(|byte| *byte == b'"')?);
    let index = members.iter().position(|(key, _)| key == name)?;
    let value = span(members[index].1);
    let before = index.checked_sub(1).map(|index| span(members[index].1).end);
    let key_start = quote_after(before.unwrap_or(0))?;
    let colon = object[key_start..value.start]
        .iter()
        .rposition(|byte| *byte == b':')?;
    let key = object[key_start..key_start + colon].trim_ascii_end().len();
    let cut = match (before, members.get(index + 1)) {
        (Some(before), _) => before..value.end,
        (None, Some(_)) => key_start..quote_after(value.end)?,
        (None, None) => key_start..value.end,
    };
    Some(Member {
        key: key_start..key_start + key,
        cut,
        value,
    })
}

struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn cut(body: &str, drops: &[&str]) -> Option<String> {
        without(body.as_bytes(), drops).map(|rest| String::from_utf8(rest.to_vec()).unwrap())
    }

    #[test]
    fn a_member_goes_with_its_comma_and_every_other_byte_stays() {
        let rows = [
            (r#"{"a":1,"b":2,"c":3}"#, "a", r#"{"b":2,"c":3}"#),
            (r#"{"a":1,"b":2,"c":3}"#, "b", r#"{"a":1,"c":3}"#),
            (r#"{"a":1,"b":2,"c":3}"#, "c", r#"{"a":1,"b":2}"#),
            (r#"{"a":1}"#, "a", "{}"),
            ("{ \"a\" : 1 ,\n \"b\" : 2 }\n", "a", "{ \"b\" : 2 }\n"),
            ("{ \"a\" : 1 ,\n \"b\" : 2 }\n", "b", "{ \"a\" : 1 }\n"),
            (
                r#"{"a":{"b":[1,{"b":2}],"x":"b"},"b":"\"},{","c":1e2}"#,
                "b",
                r#"{"a":{"b":[1,{"b":2}],"x":"b"},"c":1e2}"#,
            ),
            (
                r#"{"stream_options":{"include_usage":true,"x":1},"n":1}"#,
                "stream_options.include_usage",
                r#"{"stream_options":{"x":1},"n":1}"#,
            ),
            (r#"{"a":1,"b":2,"a":3}"#, "a", r#"{"b":2}"#),
            (r#"{"\u0061":1,"b":2}"#, "a", r#"{"b":2}"#),
            (r#"{"a\":\"":1,"b":2}"#, "b", r#"{"a\":\"":1}"#),
        ];
        for (body, drop, expected) in rows {
            assert_eq!(cut(body, &[drop]).as_deref(), Some(expected), "{drop} of {body}");
        }
    }

    #[test]
    fn what_is_not_there_changes_nothing() {
        for body in [
            r#"{"a":{"b":1}}"#,
            "{}",
            "[1]",
            "not json",
            r#"{"c":"b"}"#,
            r#"{"a":[{"b":1}]"#,
        ] {
            assert_eq!(cut(body, &["b", "c.d"]), None, "{body}");
        }
        assert_eq!(renamed(b"{}", "a", "b"), None);
    }

    #[test]
    fn a_key_is_renamed_in_its_place() {
        let body = r#"{"model":"m", "max_tokens" : 5,"x":{"max_tokens":1}}"#;
        let written = renamed(body.as_bytes(), "max_tokens", "max_completion_tokens").unwrap();
        assert_eq!(
            written,
            r#"{"model":"m", "max_completion_tokens" : 5,"x":{"max_tokens":1}}"#
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c\"\\\\{},: é]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[a-e\"\\\\]{1,3}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_the_body_the_rest_parses_to_the_same_without_the_member(
            members in prop::collection::vec(("[a-e\"\\\\]{1,3}", value()), 1..6),
            chosen in any::<prop::sample::Index>(),
            pretty in any::<bool>(),
        ) {
            let object: Map<String, Value> = members.into_iter().collect();
            let name = object.keys().nth(chosen.index(object.len())).unwrap().clone();
            let whole = Value::Object(object.clone());
            let body = if pretty { serde_json::to_vec_pretty(&whole) } else { serde_json::to_vec(&whole) }.unwrap();
            let rest = without(&body, &[&name]).expect("it is there");
            let mut expected = object;
            expected.shift_remove(&name);
            let read: Value = serde_json::from_slice(&rest).expect("still JSON");
            prop_assert_eq!(read, Value::Object(expected));
            prop_assert!(body.len() > rest.len());
        }
    }
}
