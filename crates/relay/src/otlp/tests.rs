//! Whose trace is gone on with, and what is taken for a collector.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};

use super::{NoCollector, Reports, Trace};

fn trace(traceparent: &'static str) -> Trace {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", HeaderValue::from_static(traceparent));
    Trace::of(&headers)
}

#[test]
fn a_callers_own_trace_is_gone_on_with_and_a_mangled_one_is_not_believed() {
    let known = trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let parent = known.parent.expect("a parent");
    assert_eq!(
        (parent.trace.as_str(), parent.span.as_str()),
        ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
    );
    assert!(!known.is_left_out);
    let unsampled = trace("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00");
    assert!(unsampled.is_left_out, "its caller does not want it recorded");
    for odd in [
        "",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "00-4bf92f3577b34da6a3ce929d0e0e473x-00f067aa0ba902b7-01",
    ] {
        assert!(trace(odd).parent.is_none(), "{odd}");
    }
}

#[test]
fn a_collector_is_an_address_without_a_password_in_it() {
    let reports = |endpoint| Reports::to(endpoint, None);
    let plain = reports("http://localhost:4318").expect("an address");
    for same in ["http://localhost:4318/", " http://localhost:4318/v1/traces "] {
        assert_eq!(reports(same), Ok(plain.clone()), "{same}");
    }
    assert_eq!(plain.every, Duration::from_secs(5));
    for odd in [
        "",
        "localhost:4318",
        "ftp://localhost",
        "http://me:secret@host",
        "http://host/?key=abc",
        "/v1/traces",
    ] {
        assert!(matches!(reports(odd), Err(NoCollector::Address(_))), "{odd}");
    }
    assert!(matches!(
        Reports::to("https://host", Some("a b")),
        Err(NoCollector::Header(_))
    ));
    assert!(Reports::to("https://host/otlp", Some("x-team")).is_ok());
}
