//! Decimal numbers as gateways write them, times a unit, in integers. A float would lose nano-dollars.

/// `decimal × unit`, rounded half up; `None` when it is no number or does not fit. Reads an exponent.
#[must_use]
pub fn scaled(decimal: &str, unit: i64) -> Option<i64> {
    let (mantissa, exponent) = decimal.split_once(['e', 'E']).unwrap_or((decimal, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    let product = digits.checked_mul(i128::from(unit))?;
    let value = if shift >= 0 {
        product.checked_mul(power)?
    } else {
        (product + power / 2).div_euclid(power)
    };
    i64::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn a_cost_in_dollars_becomes_exact_nano_dollars() {
        let nano = |text| scaled(text, 1_000_000_000);
        assert_eq!(nano("0.0041"), Some(4_100_000));
        assert_eq!(nano("1.5e-7"), Some(150));
        assert_eq!(nano("0"), Some(0));
        assert_eq!(nano("12"), Some(12_000_000_000));
        assert_eq!(nano("0.00000000049"), Some(0), "less than half a nano-dollar");
        assert_eq!(nano("1e40"), None, "nobody was charged that");
        assert_eq!(nano("dear"), None);
    }

    #[test]
    fn a_ratio_becomes_a_price() {
        assert_eq!(
            scaled("0.075", 2_000_000_000),
            Some(150_000_000),
            "gpt-4o-mini at 0.15 USD a million"
        );
        assert_eq!(
            scaled("2.5e-7", 1_000_000_000_000_000),
            Some(250_000_000),
            "dollars a token to nano a million"
        );
    }
}
