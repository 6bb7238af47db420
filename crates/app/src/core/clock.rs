//! Clock and randomness as parameters, so that tests and the demo control both.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use obcms_domain::core::id::Id;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

/// Clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // The only call of the machine's clock.
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Clock of the machine, shifted by a constant duration. For tests of a running program.
#[derive(Clone, Copy, Debug)]
pub struct ShiftedClock(SignedDuration);

impl ShiftedClock {
    /// Returns a clock that is ahead of the machine by this duration.
    #[must_use]
    pub fn new(shift: SignedDuration) -> Self {
        Self(shift)
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let bound = if self.0.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        SystemClock.now().checked_add(self.0).unwrap_or(bound)
    }
}

/// Fixed clock for the demo and for tests.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// Returns a clock fixed at this time.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Sets the clock to this time.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct State {
    generator: StdRng,
    milliseconds: u64,
    counter: u32,
}

/// Source of ids and secrets.
pub struct Entropy(Mutex<State>);

impl Entropy {
    /// Returns the randomness of the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self::of(rand::make_rng())
    }

    /// Returns reproducible randomness from a seed, for the demo.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(StdRng::seed_from_u64(seed))
    }

    fn of(generator: StdRng) -> Self {
        Self(Mutex::new(State { generator, milliseconds: 0, counter: 0 }))
    }

    /// Returns a UUIDv7 larger than all before it. Within one millisecond the first random bits are a counter (RFC
    /// 9562, section 6.2).
    pub fn id(&self, now: Timestamp) -> Id {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or(0);
        if milliseconds > state.milliseconds {
            state.milliseconds = milliseconds;
            state.counter = state.generator.random::<u32>() & 0x003f_ffff;
        } else {
            state.counter += 1 + (state.generator.random::<u32>() & 0xf);
            if state.counter >= 0x0400_0000 {
                state.milliseconds += 1;
                state.counter = 0;
            }
        }
        // The counter is twelve bits before the variant and fourteen after it.
        let high = (state.counter >> 14) & 0x0fff;
        let low = state.counter & 0x3fff;
        let mut random: [u8; 10] = state.generator.random();
        random[..2].copy_from_slice(&u16::try_from(high).unwrap_or(0).to_be_bytes());
        random[2..4].copy_from_slice(&u16::try_from(low).unwrap_or(0).to_be_bytes());
        Id::from_parts(state.milliseconds, &random)
    }

    /// Returns random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = [0; N];
        state.generator.fill(&mut bytes[..]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifted_clock_runs_beside_that_of_the_machine() {
        let shift = SignedDuration::from_hours(24 * 700);
        for shift in [shift, -shift] {
            let earliest = SystemClock.now() + shift;
            let shown = ShiftedClock::new(shift).now();
            assert!(earliest <= shown && shown <= SystemClock.now() + shift, "{shown}");
        }
        assert_eq!(ShiftedClock::new(SignedDuration::MAX).now(), Timestamp::MAX);
        assert_eq!(ShiftedClock::new(SignedDuration::MIN).now(), Timestamp::MIN);
    }

    #[test]
    fn ids_increase_within_one_millisecond() {
        let entropy = Entropy::seeded(7);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let ids: Vec<Id> = (0..100_000).map(|_| entropy.id(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn equal_seeds_give_equal_ids() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Entropy::seeded(1).id(now), Entropy::seeded(1).id(now));
        assert_ne!(Entropy::seeded(1).id(now), Entropy::seeded(2).id(now));
    }
}
