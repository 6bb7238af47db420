//! Encryption of secrets that older releases stored in plain text, and their check for `obcms doctor`.

use obcms_domain::registry::Record;
use obcms_domain::registry::shared::SECRET;
use obcms_store::sealed::{self, Sealed};
pub use obcms_store::vault::{KEY_LENGTH, Vault, is_sealed, new_key};

use crate::core::{App, AppError};

/// Returns the secret of a record with an address of its own; nothing if another key sealed it.
#[must_use]
pub(crate) fn opened(record: &Record) -> Option<String> {
    Vault::current().ok()?.open(record.id, SECRET.get(record))
}

/// Rows sealed in one transaction.
const AT_ONCE: i64 = 500;

impl App {
    /// Seals the secrets that older releases stored in plain text, in their records and in the change log.
    pub fn seal_secrets(&self) -> Result<(), AppError> {
        let is_plain = |found: &&Sealed| !is_sealed(&found.secret);
        if self.read(|tx| Ok(sealed::secrets(tx)?))?.iter().any(|found| is_plain(&found)) {
            self.database().write(|tx| {
                for found in sealed::secrets(tx)?.iter().filter(is_plain) {
                    let secret = Vault::current()?.seal(found.id, &found.secret)?;
                    sealed::set_secret(tx, &Sealed { secret, ..found.clone() })?;
                }
                Ok::<_, AppError>(())
            })?;
        }
        let mut is_whole = self.read(|tx| Ok(sealed::is_log_sealed(tx)?))?;
        while !is_whole {
            is_whole = self.database().write(|tx| sealed::seal_log(tx, AT_ONCE))?;
        }
        Ok(())
    }

    /// Returns the number of secrets that the key cannot open, and of all: addresses of feeds, shares and external
    /// calendars.
    pub fn unreadable_secrets(&self) -> Result<(usize, usize), AppError> {
        let vault = Vault::current()?;
        let found = self.read(|tx| Ok(sealed::secrets(tx)?))?;
        let lost = found.iter().filter(|found| vault.open(found.id, &found.secret).is_none()).count();
        Ok((lost, found.len()))
    }
}
