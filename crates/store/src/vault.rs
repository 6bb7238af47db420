//! Encryption of secrets that can be shown again, such as the address of a feed: a copy of the database reveals none.
//!
//! The key is in a file beside the database and is loaded once, at the start of the program. Each value names the key
//! that sealed it, so that a wrong or lost key is detected, and is bound to its record.

use std::fmt;
use std::sync::OnceLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use obcms_domain::core::hex::hex;
use obcms_domain::core::id::Id;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// Prefix of every sealed value: the version of this format.
const VERSION: &str = "v1";
/// Length of a key in bytes.
pub const KEY_LENGTH: usize = 32;

static VAULT: OnceLock<Vault> = OnceLock::new();

/// Vault with the key of the installation.
pub struct Vault {
    key: LessSafeKey,
    id: String,
}

impl fmt::Debug for Vault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vault({})", self.id)
    }
}

impl Vault {
    /// Creates the vault of a key.
    pub fn new(key: &[u8; KEY_LENGTH]) -> Result<Self, StoreError> {
        let unbound = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| failed())?;
        let digest = Sha256::digest([b"obcms key id".as_slice(), key].concat());
        Ok(Self { key: LessSafeKey::new(unbound), id: hex(&digest[..4]) })
    }

    /// Installs this key for the process. Only the first call counts.
    pub fn install(self) {
        let _ = VAULT.set(self);
    }

    /// Returns the vault of this process. Without an installed key, as in tests, it uses a temporary key.
    pub fn current() -> Result<&'static Self, StoreError> {
        if let Some(vault) = VAULT.get() {
            return Ok(vault);
        }
        let vault = Self::new(&new_key()?)?;
        Ok(VAULT.get_or_init(|| vault))
    }

    /// Returns the prefix of all values sealed with this key.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{VERSION}:{}:", self.id)
    }

    /// Seals the secret of a record.
    pub fn seal(&self, record: Id, secret: &str) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| failed())?;
        let mut bytes = secret.as_bytes().to_vec();
        let about = Aad::from(record.uuid().into_bytes());
        let unique = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(unique, about, &mut bytes).map_err(|_| failed())?;
        let sealed = Base64UrlUnpadded::encode_string(&[nonce.as_slice(), &bytes].concat());
        Ok(format!("{}{sealed}", self.prefix()))
    }

    /// Opens the secret of a record. Returns nothing if another key sealed it or it was tampered with.
    #[must_use]
    pub fn open(&self, record: Id, sealed: &str) -> Option<String> {
        let bytes = Base64UrlUnpadded::decode_vec(sealed.strip_prefix(&self.prefix())?).ok()?;
        let (nonce, rest) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut rest = rest.to_vec();
        let about = Aad::from(record.uuid().into_bytes());
        let plain = self.key.open_in_place(nonce, about, &mut rest).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

/// Returns true if the text is sealed, by any key; no plain secret begins like this.
#[must_use]
pub fn is_sealed(text: &str) -> bool {
    text.strip_prefix(VERSION).is_some_and(|rest| rest.starts_with(':'))
}

/// Converts a secret to its stored form; a sealed one stays as it is.
pub(crate) fn to_stored(record: Id, text: &str) -> Result<String, StoreError> {
    if text.is_empty() || is_sealed(text) {
        Ok(text.to_owned())
    } else {
        Vault::current()?.seal(record, text)
    }
}

/// Converts a secret from its stored form. A plain-text secret of an older release is returned as it is. A secret of
/// another key stays sealed, so that nothing is lost when the right key comes back.
pub(crate) fn from_stored(record: Id, stored: String) -> Result<String, StoreError> {
    if !is_sealed(&stored) {
        return Ok(stored);
    }
    Ok(Vault::current()?.open(record, &stored).unwrap_or(stored))
}

fn failed() -> StoreError {
    StoreError::Damaged("a secret could not be encrypted".to_owned())
}

/// Generates a random key.
pub fn new_key() -> Result<[u8; KEY_LENGTH], StoreError> {
    let mut key = [0; KEY_LENGTH];
    SystemRandom::new().fill(&mut key).map_err(|_| failed())?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_with_their_key_and_record() {
        let (one, other) = (Vault::new(&[1; 32]).unwrap(), Vault::new(&[2; 32]).unwrap());
        let (id, another) = (Id::from_parts(1, &[1; 10]), Id::from_parts(2, &[2; 10]));
        let sealed = one.seal(id, "secret").unwrap();
        assert!(!sealed.contains("secret") && sealed.starts_with(&one.prefix()));
        assert_ne!(sealed, one.seal(id, "secret").unwrap());
        assert_eq!(one.open(id, &sealed).as_deref(), Some("secret"));
        assert_eq!(one.open(another, &sealed), None);
        assert_eq!(other.open(id, &sealed), None);
        let mut tampered = sealed.clone();
        let last = tampered.pop().unwrap();
        tampered.push(if last == 'A' { 'B' } else { 'A' });
        assert_eq!(one.open(id, &tampered), None);
        assert_eq!(one.open(id, "plain"), None);
    }
}
