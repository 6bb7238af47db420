//! Throttling of guessed credentials: failures are counted by client and account, by client over all accounts, and by
//! account over all clients. All servers count in the database.
//!
//! A browser in which a user has signed in before is a known device of that account (OWASP, "device cookies"). It is
//! counted separately, so that nobody can lock an owner out by guessing from elsewhere.

use jiff::{SignedDuration, Timestamp};
use obcms_domain::accounts::lockout;
use obcms_domain::core::id::Id;
use obcms_domain::core::networks::client_network_of;
use obcms_store::accounts::{self, KnownDevice};
use obcms_store::{StoreError, Tx};

use super::secrets;
use crate::core::{App, AppError};

/// Time for which a device is known after its last sign-in.
pub const DEVICE_LIFE: SignedDuration = SignedDuration::from_hours(24 * 400);
/// Maximum number of known devices of an account; the least recently used one is removed.
const MOST_DEVICES: i64 = 20;
/// Maximum number of stored failures; the oldest are removed.
const MOST_FAILURES: i64 = 100_000;
/// On average one failure in this number triggers the removal of surplus ones.
const LOOK: u8 = 64;

/// Attempt with a credential that can be guessed.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    account: String,
    /// Address of the client, or its network if it can take any address in that.
    client: String,
    /// Known device of the attempt.
    device: Option<KnownDevice>,
}

impl Attempt {
    pub(crate) fn new(account: &str, address: &str) -> Self {
        Self { account: account.to_owned(), client: client_network_of(address), device: None }
    }

    /// Looks up the device, if it belongs to the owner of the account.
    pub(super) fn on_device(
        mut self,
        tx: &mut Tx<'_>,
        user: Option<Id>,
        secret: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, AppError> {
        if let (Some(user), Some(secret)) = (user, secret) {
            let found = accounts::find_device(tx, &secrets::hash(secret), now - DEVICE_LIFE)?;
            self.device = found.filter(|device| device.user_id == user);
        }
        Ok(self)
    }

    pub(super) fn is_known(&self) -> bool {
        self.device.is_some()
    }

    /// Returns the key under which failures of the known device are counted; no address equals it.
    fn lane(&self) -> Option<String> {
        self.device.as_ref().map(|device| format!("(device {})", device.id))
    }

    /// Returns the seconds until the next attempt is allowed; nothing if this one is.
    pub(crate) fn wait(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<i64>, AppError> {
        if self.open_lane(tx, now)?.is_some() {
            return Ok(None);
        }
        let (window, longest) = (now - lockout::COUNTED, now - lockout::WINDOW - lockout::LOCK);
        let pair = accounts::failures(tx, &self.account, &self.client, longest)?;
        let (by_client, last_of_client) = accounts::failures_of_client(tx, &self.client, window)?;
        let (by_account, last_of_account) = accounts::failures_of_account(tx, &self.account, window)?;
        let until = [
            lockout::locked_until(&pair, now),
            lockout::delayed_until(by_client, last_of_client, now),
            lockout::delayed_until(by_account, last_of_account, now),
        ];
        Ok(until.into_iter().flatten().max().map(|until| until.duration_since(now).as_secs().max(1)))
    }

    /// Returns the key of the known device, unless it has failed too often itself.
    fn open_lane(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<String>, StoreError> {
        let Some(lane) = self.lane() else { return Ok(None) };
        let failures = accounts::failures(tx, &self.account, &lane, now - lockout::WINDOW - lockout::LOCK)?;
        Ok(lockout::locked_until(&failures, now).is_none().then_some(lane))
    }

    /// Records a failure.
    pub(crate) fn failed(&self, app: &App, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), StoreError> {
        let lane = self.open_lane(tx, now)?;
        accounts::insert_failure(
            tx,
            app.new_id(),
            &self.account,
            lane.as_deref().unwrap_or(&self.client),
            now,
        )?;
        if app.random::<1>()[0] < u8::MAX / LOOK {
            accounts::trim_failures(tx, MOST_FAILURES)?;
        }
        Ok(())
    }

    /// Deletes the failures of this client and device with this account. Those with other accounts stay, because
    /// anyone with an account could clear them otherwise.
    pub(crate) fn succeeded(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        accounts::delete_failures(tx, &self.account, &self.client)?;
        if let Some(lane) = self.lane() {
            accounts::delete_failures(tx, &self.account, &lane)?;
        }
        Ok(())
    }

    /// Records that the owner signed in on the device. Returns the secret of a new one for its cookie.
    pub(super) fn know_device(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        user: Id,
        now: Timestamp,
    ) -> Result<Option<String>, AppError> {
        if let Some(device) = &self.device {
            accounts::touch_device(tx, device.id, now)?;
            return Ok(None);
        }
        let secret = secrets::new(app);
        let device = KnownDevice { id: app.new_id(), user_id: user };
        accounts::insert_device(tx, &secrets::hash(&secret), &device, now, MOST_DEVICES)?;
        Ok(Some(secret))
    }
}
