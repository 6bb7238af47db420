//! Password rules.
//!
//! Length counts; there are no rules of composition, because those only lead to patterns. Refused is what attackers
//! try first: passwords of public leaks, simple patterns, and words of the office or the person.

mod common;

use std::collections::HashSet;
use std::io::Read;
use std::sync::LazyLock;

use common::COMMON;
use unicode_normalization::UnicodeNormalization;

use crate::core::message::{Message, Word};
use crate::message;

/// Minimum number of characters.
pub const SHORTEST: usize = 12;
/// Maximum number of characters; more would only cost time of the server.
pub const LONGEST: usize = 200;
/// Minimum number of different characters.
const DIFFERENT: usize = 5;
/// Minimum length of a name that is refused as part of a password; shorter ones are part of too many words.
const SHORTEST_NAME: usize = 4;
/// Words of the office, which an attacker tries first.
const OFFICE: [&str; 5] = ["obcms", "oobc", "bangsamoro", "barmm", "bagong moro"];
/// Parts of e-mail addresses that identify nobody.
const ANYBODY: [&str; 5] = ["example", "gmail", "yahoo", "outlook", "mail"];

/// The most common passwords, as packed by `scripts/pack-passwords`.
static PACKED: &[u8] = include_bytes!("../../data/passwords.txt.br");

static LISTED: LazyLock<HashSet<Box<str>>> = LazyLock::new(|| {
    let mut text = String::new();
    // The file comes with the program and is not damaged; the list in the code applies in any case.
    let _ = brotli_decompressor::Decompressor::new(PACKED, 65_536).read_to_string(&mut text);
    let packed = text.lines().filter(|line| !line.starts_with("##") && !line.is_empty());
    packed.chain(COMMON.iter().copied()).map(Box::from).collect()
});

/// Reason why a password is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer than [`SHORTEST`] characters, not counting blanks at its ends.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// The user name.
    IsUsername,
    /// A common password.
    TooCommon,
    /// Too few different characters, or only digits.
    TooSimple,
    /// A name of the person or the office.
    HasContext(String),
}

impl PasswordError {
    /// Returns what is expected of a password.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::TooShort => message!("The password must have at least {SHORTEST} characters.", SHORTEST),
            Self::TooLong => message!("The password must have at most {LONGEST} characters.", LONGEST),
            Self::IsUsername => "The password must not be the user name.".into(),
            Self::TooCommon => "This password is too common.".into(),
            Self::TooSimple => message!(
                "The password must have at least {DIFFERENT} different characters and not only digits.",
                DIFFERENT
            ),
            Self::HasContext(word) => message!(
                "The password must not contain \"{word}\", because names of you and the office are easy to guess.",
                word = Word::text(word)
            ),
        }
    }
}

/// Returns the form in which a password is hashed and compared (NFKC), so that it does not depend on how a keyboard
/// composes letters.
#[must_use]
pub fn normalize(password: &str) -> String {
    password.nfkc().collect()
}

/// Checks a new password of the account `username`.
pub fn check(password: &str, username: &str) -> Result<(), PasswordError> {
    check_with_names(password, &[username])
}

/// Checks a new password against the names of a person: first the user name, then others such as the full name.
pub fn check_with_names(password: &str, names: &[&str]) -> Result<(), PasswordError> {
    let normal = normalize(password);
    if normal.chars().count() > LONGEST {
        return Err(PasswordError::TooLong);
    }
    let plain = normal.trim().to_lowercase();
    if plain.chars().count() < SHORTEST {
        return Err(PasswordError::TooShort);
    }
    let username = names.first().copied().unwrap_or_default();
    if plain == normalize(username).trim().to_lowercase() {
        return Err(PasswordError::IsUsername);
    }
    if is_common(&plain) {
        return Err(PasswordError::TooCommon);
    }
    let different: HashSet<char> = plain.chars().filter(|letter| !letter.is_whitespace()).collect();
    if different.len() < DIFFERENT
        || plain.chars().all(|letter| letter.is_numeric() || letter.is_whitespace())
    {
        return Err(PasswordError::TooSimple);
    }
    let words = OFFICE.iter().map(|word| (*word).to_owned()).chain(names.iter().flat_map(|name| words(name)));
    match words.into_iter().find(|word| plain.contains(word.as_str())) {
        Some(word) => Err(PasswordError::HasContext(word)),
        None => Ok(()),
    }
}

/// Returns the words of a name that are long enough to matter.
fn words(name: &str) -> Vec<String> {
    let name = normalize(name).to_lowercase();
    name.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST_NAME && !ANYBODY.contains(word))
        .map(str::to_owned)
        .collect()
}

/// Returns true if the password is listed, also with digits and signs around it, repeated, or joined from two listed
/// ones.
fn is_common(plain: &str) -> bool {
    let squeezed: String = plain.chars().filter(|letter| !letter.is_whitespace()).collect();
    let core = squeezed.trim_matches(|letter: char| !letter.is_alphabetic());
    let is_listed = |word: &str| LISTED.contains(word);
    if is_listed(plain) || is_listed(&squeezed) || (core.chars().count() >= 4 && is_listed(core)) {
        return true;
    }
    // A passphrase of several words may consist of common words.
    if squeezed.len() != plain.len() {
        return false;
    }
    let cuts = core.char_indices().map(|(position, _)| position);
    cuts.filter(|cut| *cut >= 4 && core.len() - cut >= 4).any(|cut| {
        let (left, right) = core.split_at(cut);
        is_listed(left) && is_listed(right)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_a_long_password() {
        assert_eq!(check("river stone lamp", "ana.tan"), Ok(()));
        assert_eq!(check("Correct-horse-77-battery", "ana.tan"), Ok(()));
        assert_eq!(check(&"ñoche y mañana ".repeat(13), "ana.tan"), Ok(()));
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert_eq!(check("ñññññññ", "ana.tan"), Err(PasswordError::TooShort));
        assert_eq!(check(&"x".repeat(201), "ana.tan"), Err(PasswordError::TooLong));
    }

    #[test]
    fn blank_password_is_refused() {
        assert_eq!(check(&" ".repeat(20), "ana.tan"), Err(PasswordError::TooShort));
        assert_eq!(check(&format!("short{}", " ".repeat(20)), "ana.tan"), Err(PasswordError::TooShort));
        assert_eq!(check(&"\u{3000}".repeat(20), "ana.tan"), Err(PasswordError::TooShort));
    }

    #[test]
    fn user_name_is_refused_in_any_case() {
        assert_eq!(check("Amina.Abdullah", "amina.abdullah"), Err(PasswordError::IsUsername));
    }

    #[test]
    fn common_passwords_are_refused_in_any_case() {
        for common in [
            "Password1234",
            "QWERTYUIOP123",
            "passwordpassword",
            "!!monkey2026!!",
            "iloveyou1234",
            "ILOVEYOU dragon"[..8].repeat(2).as_str(),
            "qwertyasdfgh",
            "dragonmonkey12",
        ] {
            assert_eq!(check(common, "ana.tan"), Err(PasswordError::TooCommon), "{common}");
        }
    }

    #[test]
    fn patterns_are_refused() {
        for simple in ["abababababab", "zzzzzzzzzzzzzzz", "203948576102", "1 2 3 9 8 7 4 5 6 0 1 2"] {
            assert_eq!(check(simple, "ana.tan"), Err(PasswordError::TooSimple), "{simple}");
        }
    }

    #[test]
    fn words_of_the_person_and_office_are_refused() {
        let names = ["amina.abdullah", "Amina Guro Abdullah", "a.abdullah@lamitan.example.org"];
        for word in [
            "xk7 obcms 99 zw",
            "Bangsamoro-7-trees",
            "my name is ABDULLAH",
            "guro and the river",
            "lamitan 7 trees",
        ] {
            let refused = check_with_names(word, &names);
            assert!(matches!(refused, Err(PasswordError::HasContext(_))), "{word}: {refused:?}");
        }
        assert_eq!(check_with_names("an example of mail", &names), Ok(()));
    }

    #[test]
    fn composed_and_decomposed_letters_are_equal() {
        assert_eq!(normalize("man\u{303}ana"), normalize("ma\u{f1}ana"));
        assert_eq!(normalize("\u{ff50}assword"), "password");
    }

    #[test]
    fn list_of_common_passwords_is_loaded() {
        assert!(COMMON.len() >= 100);
        assert!(LISTED.len() >= 3_000);
        for (index, entry) in COMMON.iter().enumerate() {
            assert!(entry.len() >= SHORTEST, "{entry} is refused by its length already");
            assert_eq!(*entry, entry.to_lowercase(), "{entry} would never match");
            assert!(!COMMON[..index].contains(entry), "{entry} stands twice");
        }
    }
}
