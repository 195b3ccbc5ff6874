//! The quick way to the fields of a request and serde's, shown the same bytes.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserializer;
use serde::de::Visitor;
use serde::de::value::Error as Named;
use serde::forward_to_deserialize_any;

use super::*;

/// Asks a struct for its fields' names, as its attributes have them.
struct Names<'n>(&'n mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = Named;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Named> {
        self.0.extend(fields);
        Err(serde::de::Error::custom("these are all"))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Named> {
        Err(serde::de::Error::custom("no struct"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn names<T: Members<'static>>() -> Vec<&'static str> {
    let mut names = Vec::new();
    drop(T::deserialize(Names(&mut names)));
    names
}

fn agree<'a, T: Members<'a> + Debug + PartialEq>(bytes: &'a [u8]) {
    let shown = String::from_utf8_lossy(bytes);
    match (plain::<T>(bytes), serde_json::from_slice::<T>(bytes)) {
        (Some(quick), serde) => assert_eq!(quick, serde.unwrap(), "{shown}"),
        (None, Ok(_)) => assert!(
            shown.contains('\\') || shown.contains('\u{fffd}'),
            "what is usual goes the quick way: {shown}"
        ),
        (None, Err(_)) => {}
    }
}

/// Each name by itself, so that none is read as another or left to serde alone; then twice, under any two names.
fn every_name<T: Members<'static> + Debug + PartialEq>(least: usize) {
    let names = names::<T>();
    assert!(names.len() >= least, "{names:?}");
    for name in &names {
        for value in ["null", "[1]"] {
            let text: &'static str = format!("{{\"{name}\":{value}}}").leak();
            let read = plain::<T>(text.as_bytes()).unwrap();
            assert_ne!(read, T::default(), "{text}");
            assert_eq!(read, serde_json::from_str(text).unwrap(), "{text}");
        }
        for other in &names {
            let text: &'static str = format!("{{\"{name}\":null,\"{other}\":2}}").leak();
            assert_eq!(
                plain::<T>(text.as_bytes()),
                serde_json::from_str(text).ok(),
                "{text}"
            );
        }
    }
}

#[test]
fn every_name_is_known_both_ways() {
    every_name::<Fields<'_>>(32);
    every_name::<Generation<'_>>(8);
    every_name::<StreamOptions<'_>>(1);
}

fn value() -> impl Strategy<Value = &'static str> {
    select(vec![
        "1",
        "-0.5e3",
        "null",
        "true",
        "\"\"",
        "\"text, } and more\"",
        "\"灯\"",
        r#"[{"role":"user","content":"Say \"hello\""}]"#,
        "{}",
        " [ ] ",
        "{\"a\":{\"b\":[[[]]]}}",
    ])
}

fn broken() -> impl Strategy<Value = &'static str> {
    select(vec![
        "01",
        "tru",
        "\"",
        "{\"a\"}",
        "[1,]",
        "}",
        "",
        "\"\n\"",
        "\"\\x\"",
        "{\"a\":1,}",
        "nul",
        "[[]",
        "1 2",
        "1]",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn both_ways_agree_on_any_request(
        members in vec(
            (select(names::<Fields<'static>>()), prop_oneof![2 => Just(""), 1 => Just("_x")], value()),
            0..6,
        ),
        fault in prop_oneof![3 => Just(None), 1 => broken().prop_map(Some)],
        tail in select(vec!["}", " }\n", "}}", "} x", ",}", ""]),
    ) {
        let members = members.iter().map(|(name, more, value)| format!("\"{name}{more}\" : {value}"));
        let members: Vec<String> = members.chain(fault.map(|fault| format!("\"z\":{fault}"))).collect();
        agree::<Fields<'_>>(format!("{{{}{tail}", members.join(",")).as_bytes());
    }

    #[test]
    fn both_ways_agree_on_any_bytes(bytes in vec(prop_oneof![8 => select(b"{}[]\":,\\nu01 model".to_vec()), 1 => any::<u8>()], 0..40)) {
        agree::<Fields<'_>>(&bytes);
        agree::<Fields<'_>>(&[b"{\"model\":", &bytes[..], b"}"].concat());
        agree::<StreamOptions<'_>>(&[b"{\"include_usage\":true,\"x\":\"", &bytes[..], b"\"}"].concat());
    }
}
