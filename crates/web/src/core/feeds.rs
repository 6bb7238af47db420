//! Feeds on their way out, and those that are kept while the data stays as it is.
//!
//! Each is kept under who asked and what, with the number of the state that it shows. The number is asked anew for
//! every answer, so a kept feed is never stale, and nothing needs to expire. A feed of many entries is written while it
//! is sent, so that its first reader has the beginning before the end is written. Whoever asks for it again gets it as it
//! was written, except for the largest: the bytes of a region's year would take thirty megabytes for each reader.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use obcms_app::AppError;
use obcms_app::core::CacheKey;
use obcms_domain::core::id::Id;

/// Bytes kept at most: some dozens of months of an office, a few of a region.
const MAXIMUM: usize = 48 * 1024 * 1024;
/// Chunks of a feed that is written down before it is sent, at most: the densest month of an office has some 1,250.
const AT_ONCE: usize = 2_000;
/// Chunks of a feed that is kept as bytes, at most: the densest month of a region has 11,000, some seven megabytes.
const WHOLE: usize = 16_000;
/// Bytes that a piece of a feed takes as long as it is not written, with what it points at.
const UNWRITTEN: usize = 256;
/// Bytes that are written at a time.
const CHUNK: usize = 128 * 1024;

/// What a feed consists of, one after the other.
pub trait ChunkSource: Debug + Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;
    /// Writes the one at a position.
    fn write(&self, position: usize, out: &mut Vec<u8>) -> Result<(), AppError>;
}

/// What a feed says.
#[derive(Clone, Debug)]
pub enum Content {
    /// As it goes out.
    Whole(Bytes),
    /// To be written while it is sent.
    ChunkSource(Arc<dyn ChunkSource>),
}

impl Content {
    /// What the pieces say, written down unless they are many.
    pub fn of(pieces: impl ChunkSource + 'static) -> Result<Self, AppError> {
        if pieces.count() > AT_ONCE {
            return Ok(Self::ChunkSource(Arc::new(pieces)));
        }
        written_down(&pieces)
    }

    /// The same written down, when it is not yet and may be kept so.
    fn to_be_kept(&self) -> Result<Option<Self>, AppError> {
        match self {
            Self::ChunkSource(pieces) if pieces.count() <= WHOLE => written_down(pieces.as_ref()).map(Some),
            Self::ChunkSource(_) | Self::Whole(_) => Ok(None),
        }
    }

    /// Bytes that it takes in memory, about.
    fn size(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::ChunkSource(pieces) => pieces.count() * UNWRITTEN,
        }
    }
}

impl From<Content> for Body {
    fn from(content: Content) -> Self {
        match content {
            Content::Whole(bytes) => bytes.into(),
            Content::ChunkSource(pieces) => Self::from_stream(stream::iter(Chunks { pieces, next: 0 })),
        }
    }
}

fn written_down(pieces: &dyn ChunkSource) -> Result<Content, AppError> {
    let mut body = Vec::with_capacity(pieces.count() * 800);
    for position in 0..pieces.count() {
        pieces.write(position, &mut body)?;
    }
    Ok(Content::Whole(body.into()))
}

/// Chunks as they are sent, some at a time. Each is quickly written, so that this may be done between other things.
struct Chunks {
    pieces: Arc<dyn ChunkSource>,
    next: usize,
}

impl Iterator for Chunks {
    type Item = Result<Bytes, AppError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut chunk = Vec::with_capacity(CHUNK + 16 * 1024);
        while self.next < self.pieces.count() && chunk.len() < CHUNK {
            let written = self.pieces.write(self.next, &mut chunk);
            self.next += 1;
            if let Err(error) = written {
                self.next = self.pieces.count();
                return Some(Err(error));
            }
        }
        if chunk.is_empty() { None } else { Some(Ok(chunk.into())) }
    }
}

/// Who asked and what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// Who asked: what they see and may move differs.
    pub actor: CacheKey,
    /// The parameters.
    pub asked: Vec<(String, String)>,
}

/// A feed as it goes out.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Number of the state that it shows.
    pub state: i64,
    /// What it says.
    pub content: Content,
    /// Tag of the entries in it.
    pub etag: String,
    /// From then on it may show something else even if nothing is changed.
    pub until: Option<Timestamp>,
}

/// The feeds that are kept.
#[derive(Debug, Default)]
pub struct Feeds {
    kept: Mutex<HashMap<FeedKey, Rendered>>,
}

impl Feeds {
    fn lock(&self) -> MutexGuard<'_, HashMap<FeedKey, Rendered>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The feed of the key, if it shows the state of this number at this instant. One that is asked for again is
    /// written down, so that this is done once for all who come after.
    pub fn find(&self, key: &FeedKey, state: i64, now: Timestamp) -> Result<Option<Rendered>, AppError> {
        let holds =
            |rendered: &&Rendered| rendered.state == state && rendered.until.is_none_or(|until| now < until);
        let Some(mut found) = self.lock().get(key).filter(holds).cloned() else {
            return Ok(None);
        };
        if let Some(content) = found.content.to_be_kept()? {
            found.content = content;
            self.keep(key.clone(), found.clone());
        }
        Ok(Some(found))
    }

    /// Keeps a feed, and lets go of those that show an older state; of all, when they take too much.
    pub fn keep(&self, key: FeedKey, rendered: Rendered) {
        if rendered.content.size() > MAXIMUM {
            return;
        }
        let mut kept = self.lock();
        kept.retain(|_, other| other.state >= rendered.state);
        let taken: usize = kept.values().map(|other| other.content.size()).sum();
        if taken + rendered.content.size() > MAXIMUM {
            kept.clear();
        }
        kept.insert(key, rendered);
    }
}

/// Time between two notes of when a feed was read, so that programs that ask all the time do not write all the time.
const BETWEEN_NOTES: SignedDuration = SignedDuration::from_mins(10);

/// Reads of feeds since they were written down last.
#[derive(Debug, Default)]
pub struct FeedReads {
    pending: Mutex<HashMap<Id, Pending>>,
}

#[derive(Debug)]
struct Pending {
    /// Time of the last note of reads; nothing when that failed, so that the next read tries again.
    noted_at: Option<Timestamp>,
    count: i64,
}

impl FeedReads {
    /// Counts a read. Answers how many are to be written down now, when it is time for that.
    pub fn note(&self, feed: Id, now: Timestamp) -> Option<i64> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = pending.get_mut(&feed) else {
            pending.insert(feed, Pending { noted_at: Some(now), count: 0 });
            return Some(1);
        };
        known.count += 1;
        if known.noted_at.is_some_and(|noted_at| now.duration_since(noted_at) < BETWEEN_NOTES) {
            return None;
        }
        known.noted_at = Some(now);
        Some(std::mem::take(&mut known.count))
    }

    /// Takes back reads that could not be written down; they are counted with the next one.
    pub fn give_back(&self, feed: Id, count: i64) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pending.entry(feed).or_insert(Pending { noted_at: None, count: 0 });
        known.count += count;
        known.noted_at = None;
    }
}

#[cfg(test)]
mod tests {
    use obcms_app::Actor;

    use super::*;

    fn key(name: &str) -> FeedKey {
        FeedKey {
            actor: CacheKey::from(&Actor::program()),
            asked: vec![("start".to_owned(), name.to_owned())],
        }
    }

    fn rendered(state: i64, length: usize) -> Rendered {
        Rendered { state, content: Content::Whole(vec![0; length].into()), etag: String::new(), until: None }
    }

    /// Ten letters each.
    #[derive(Debug)]
    struct Letters(usize);

    impl ChunkSource for Letters {
        fn count(&self) -> usize {
            self.0
        }

        fn write(&self, position: usize, out: &mut Vec<u8>) -> Result<(), AppError> {
            out.extend_from_slice(format!("{position:010}").as_bytes());
            Ok(())
        }
    }

    #[tokio::test]
    async fn many_pieces_say_the_same_as_when_they_are_written_at_once() {
        // How many, whether they are whole at first, and when they are asked for again.
        let cases = [
            (0, true, true),
            (AT_ONCE, true, true),
            (AT_ONCE + 1, false, true),
            (WHOLE, false, true),
            (WHOLE + 1, false, false),
            (30_000, false, false),
        ];
        for (count, at_first, again) in cases {
            let expected: String = (0..count).map(|position| format!("{position:010}")).collect();
            let feeds = Feeds::default();
            let content = Content::of(Letters(count)).unwrap();
            feeds.keep(key("a"), Rendered { content: content.clone(), ..rendered(1, 0) });
            let kept = feeds.find(&key("a"), 1, Timestamp::UNIX_EPOCH).unwrap().unwrap().content;
            for (content, is_whole) in [(content, at_first), (kept, again)] {
                assert_eq!(matches!(content, Content::Whole(_)), is_whole, "{count}");
                let body = axum::body::to_bytes(Body::from(content), usize::MAX).await.unwrap();
                assert!(body == expected.as_bytes(), "{count}");
            }
        }
    }

    #[test]
    fn only_the_asked_state_is_found() {
        let feeds = Feeds::default();
        feeds.keep(key("a"), rendered(7, 10));
        assert!(feeds.find(&key("a"), 7, Timestamp::UNIX_EPOCH).unwrap().is_some());
        assert!(feeds.find(&key("a"), 8, Timestamp::UNIX_EPOCH).unwrap().is_none());
        assert!(feeds.find(&key("b"), 7, Timestamp::UNIX_EPOCH).unwrap().is_none());
    }

    #[test]
    fn what_is_kept_stays_within_its_bounds() {
        let feeds = Feeds::default();
        for turn in 0..10 {
            feeds.keep(key(&turn.to_string()), rendered(1, MAXIMUM / 3));
        }
        assert!(feeds.lock().len() <= 3);
        feeds.keep(key("new"), rendered(2, 10));
        assert_eq!(feeds.lock().len(), 1, "older states are let go");
    }

    #[test]
    fn reads_are_written_down_once_in_a_while_and_none_is_lost() {
        let reads = FeedReads::default();
        let feed = Id::from_parts(1, &[1; 10]);
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        assert_eq!(reads.note(feed, at(0)), Some(1));
        assert_eq!(reads.note(feed, at(1)), None);
        assert_eq!(reads.note(feed, at(9)), None);
        assert_eq!(reads.note(feed, at(10)), Some(3));
        assert_eq!(reads.note(feed, at(11)), None);
        assert_eq!(reads.note(feed, at(20)), Some(2));
        reads.give_back(feed, 2);
        assert_eq!(
            reads.note(feed, at(20)),
            Some(3),
            "what could not be written down is tried with the next read"
        );
        assert_eq!(reads.note(Id::from_parts(2, &[2; 10]), at(11)), Some(1));
    }
}
