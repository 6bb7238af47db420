//! Secrets that the program hands out, and the hashes it keeps of them.

use base64ct::{Base64UrlUnpadded, Encoding};
use obcms_domain::core::hex::hex;
use sha2::{Digest, Sha256};

use crate::core::App;

/// A new secret of 256 random bits, fit for addresses and headers.
pub fn new(app: &App) -> String {
    Base64UrlUnpadded::encode_string(&app.random::<32>())
}

/// What the database keeps of a secret. The secrets are random, so one round without salt is enough.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The same as text, for a field of a record.
pub fn hashed_text(secret: &str) -> String {
    hex(&hash(secret))
}
