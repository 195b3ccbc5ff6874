//! Times in all the forms exports have them: seconds with a fraction, milliseconds, finer, ISO 8601 with and without a
//! zone, and numbers written as text. All become milliseconds since 1970.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970. Zero means "not known" wherever it occurs.
pub(crate) fn millis(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => scaled(number.as_f64()?),
        Value::String(text) => {
            let text = text.trim();
            match text.parse::<f64>() {
                Ok(number) => scaled(number),
                Err(_) => written(text),
            }
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The unit shows in the size: seconds stay below 10¹¹ until the year 5138, and milliseconds passed it in 1973.
fn scaled(number: f64) -> Option<i64> {
    if !number.is_finite() || number <= 0.0 {
        return None;
    }
    let millis = match number {
        n if n < 1e11 => n * 1e3,
        n if n < 1e14 => n,
        n if n < 1e17 => n / 1e3,
        n => n / 1e6,
    };
    (millis < 4e15).then_some(millis.round() as i64)
}

fn written(text: &str) -> Option<i64> {
    let mut text = text.replacen(' ', "T", 1);
    if text.len() == 10 {
        text.push_str("T00:00:00");
    }
    // Without a zone it is taken for UTC, as the servers that write it mean it.
    let zoned = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|rest| rest.contains(['+', '-']));
    if !zoned {
        text.push('Z');
    }
    let moment = OffsetDateTime::parse(&text, &Rfc3339).ok()?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000)
        .ok()
        .filter(|millis| *millis > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::millis;

    #[test]
    fn the_same_moment_in_every_form_is_the_same_number() {
        let moment = Some(1_704_067_200_123);
        for form in [
            json!(1_704_067_200.123),
            json!(1_704_067_200_123_i64),
            json!(1_704_067_200_123_000_i64),
            json!("2024-01-01T00:00:00.123Z"),
            json!("2024-01-01T00:00:00.123456Z"),
            json!("2024-01-01T01:00:00.123+01:00"),
            json!("2024-01-01 00:00:00.123"),
            json!("2024-01-01T00:00:00.123"),
            json!("1704067200.123"),
        ] {
            assert_eq!(millis(&form), moment, "{form}");
        }
        assert_eq!(millis(&json!("2024-01-01")), Some(1_704_067_200_000));
    }

    #[test]
    fn what_is_no_time_is_no_time() {
        for form in [
            json!(null),
            json!(0),
            json!(-5),
            json!("soon"),
            json!([1]),
            json!(1e300),
            json!(""),
        ] {
            assert_eq!(millis(&form), None, "{form}");
        }
    }
}
