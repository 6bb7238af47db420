//! Amounts of money: pesos in text, centavos as a whole number in the program.

use crate::core::message::Message;

/// Reason why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// Empty text.
    Empty,
    /// Not a number.
    NotAnAmount,
    /// A comma that does not separate thousands.
    MisplacedComma,
    /// A fraction of a centavo.
    BelowCentavo,
    /// An amount that is too large.
    TooLarge,
}

impl MoneyError {
    /// Returns what is expected of an amount.
    #[must_use]
    pub const fn message(self) -> Message {
        Message::new(match self {
            Self::Empty => "Enter an amount.",
            Self::NotAnAmount => "The amount must look like 1,250,000.00, 1.25M or 500k.",
            Self::MisplacedComma => "Use commas for thousands (1,250,000) and a dot before centavos.",
            Self::BelowCentavo => "The amount must not have fractions of a centavo.",
            Self::TooLarge => "The amount is too large.",
        })
    }
}

/// Parses an amount: `1,250,000`, `1250000.50`, `₱1,250,000.00`, `PHP 500`, `1.25M`, `500k`, `2B`, `-₱20`.
pub fn parse(text: &str) -> Result<i64, MoneyError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MoneyError::Empty);
    }
    let (negative, text) = strip_sign(text);
    let (text, negative) = match strip_sign(strip_currency(text)) {
        (true, _) if negative => return Err(MoneyError::NotAnAmount),
        (inner, rest) => (rest, negative || inner),
    };
    let (number, scale) = split_unit(text);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = without_commas(whole)?;
    if whole.is_empty() && fraction.is_empty() || fraction.is_empty() && number.ends_with('.') {
        return Err(MoneyError::NotAnAmount);
    }
    // Trailing zeros have no meaning; the rest must be whole centavos.
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::NotAnAmount);
    }
    let decimals = u32::try_from(fraction.len()).map_err(|_| MoneyError::BelowCentavo)?;
    let places = (scale + 2).checked_sub(decimals).ok_or(MoneyError::BelowCentavo)?;
    let digits = digits.trim_start_matches('0');
    let value: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| MoneyError::TooLarge)? };
    let centavos = value.checked_mul(10_i128.pow(places)).ok_or(MoneyError::TooLarge)?;
    i64::try_from(if negative { -centavos } else { centavos }).map_err(|_| MoneyError::TooLarge)
}

/// Formats an amount: `₱1,250,000.00`.
pub fn format(centavos: i64) -> String {
    let sign = if centavos < 0 { "-" } else { "" };
    let amount = centavos.unsigned_abs();
    format!("{sign}₱{}.{:02}", grouped(amount / 100), amount % 100)
}

/// Returns the share of one of `count` of `centavos`, to the nearest centavo; `None` for a count of zero.
pub fn per_head(centavos: i64, count: u32) -> Option<i64> {
    if count == 0 {
        return None;
    }
    let (amount, count) = (i128::from(centavos), i128::from(count));
    i64::try_from((2 * amount + count).div_euclid(2 * count)).ok()
}

fn strip_sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-').or_else(|| text.strip_prefix('−')) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    }
}

fn strip_currency(text: &str) -> &str {
    let named = text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("php"));
    let rest = if named { text.get(3..) } else { text.strip_prefix(['₱', 'P']) };
    rest.unwrap_or(text).trim_start()
}

/// Splits the unit off: the number, and the number of zeros of the unit.
fn split_unit(text: &str) -> (&str, u32) {
    for (unit, zeros) in [("k", 3), ("m", 6), ("b", 9)] {
        let rest = text.strip_suffix(unit).or_else(|| text.strip_suffix(&unit.to_uppercase()));
        if let Some(number) = rest {
            return (number.trim_end(), zeros);
        }
    }
    (text, 0)
}

fn without_commas(whole: &str) -> Result<String, MoneyError> {
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return Err(MoneyError::MisplacedComma);
        }
        digits.push_str(group);
    }
    Ok(digits)
}

/// Formats a whole number with commas for thousands: `1,463`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_parsed_as_people_write_them() {
        for (text, centavos) in [
            ("1,250,000", 125_000_000),
            ("1250000", 125_000_000),
            ("1.25M", 125_000_000),
            ("1.25 m", 125_000_000),
            ("₱1,250,000.00", 125_000_000),
            ("P1,250,000.00", 125_000_000),
            ("PHP 1,250,000", 125_000_000),
            ("php1.5k", 150_000),
            ("500k", 50_000_000),
            ("500K", 50_000_000),
            ("2B", 200_000_000_000),
            (" 0 ", 0),
            ("0.05", 5),
            (".5", 50),
            ("7.5", 750),
            ("1.000", 100),
            ("1.23456789M", 123_456_789),
            ("-₱20", -2_000),
            ("₱-20", -2_000),
            ("00012", 1_200),
        ] {
            assert_eq!(parse(text), Ok(centavos), "{text}");
        }
    }

    #[test]
    fn invalid_amounts_have_their_error() {
        for (text, error) in [
            ("", MoneyError::Empty),
            ("  ", MoneyError::Empty),
            ("₱", MoneyError::NotAnAmount),
            ("k", MoneyError::NotAnAmount),
            (".", MoneyError::NotAnAmount),
            ("12.", MoneyError::NotAnAmount),
            ("--5", MoneyError::NotAnAmount),
            ("-₱-5", MoneyError::NotAnAmount),
            ("1 000", MoneyError::NotAnAmount),
            ("1.2.3", MoneyError::NotAnAmount),
            ("1e6", MoneyError::NotAnAmount),
            ("twelve", MoneyError::NotAnAmount),
            ("1,25", MoneyError::MisplacedComma),
            ("1250,000", MoneyError::MisplacedComma),
            (",250", MoneyError::MisplacedComma),
            ("1,250,00", MoneyError::MisplacedComma),
            ("0.005", MoneyError::BelowCentavo),
            ("1.234567891M", MoneyError::BelowCentavo),
            ("92233720368547758.08", MoneyError::TooLarge),
            ("999999999999B", MoneyError::TooLarge),
            ("99999999999999999999999999999999999999999999999", MoneyError::TooLarge),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn amounts_are_formatted_in_pesos() {
        assert_eq!(format(125_000_000), "₱1,250,000.00");
        assert_eq!(format(5), "₱0.05");
        assert_eq!(format(-2_000), "-₱20.00");
        assert_eq!(format(99_999), "₱999.99");
        assert_eq!(format(i64::MIN), "-₱92,233,720,368,547,758.08");
    }

    #[test]
    fn amounts_are_divided_per_head() {
        assert_eq!(per_head(10_000, 3), Some(3_333));
        assert_eq!(per_head(20_000, 3), Some(6_667));
        assert_eq!(per_head(100, 0), None);
        assert_eq!(per_head(i64::MAX, 1), Some(i64::MAX));
    }

    proptest! {
        #[test]
        fn formatted_amounts_are_parsed_back(centavos in any::<i64>()) {
            prop_assert_eq!(parse(&format(centavos)), Ok(centavos));
        }

        #[test]
        fn no_text_causes_a_panic(text in "[-−₱PHpk MB0-9.,é]{0,24}") {
            let _ = parse(&text);
        }

        #[test]
        fn shares_add_up_to_within_half_a_centavo_each(centavos in 0i64..1_000_000_000_000, count in 1u32..100_000) {
            let share = per_head(centavos, count).expect("somebody is there");
            let difference = i128::from(share) * i128::from(count) - i128::from(centavos);
            prop_assert!(difference.abs() * 2 <= i128::from(count));
        }
    }
}
