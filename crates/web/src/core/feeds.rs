//! Cache of rendered calendar feeds, keyed by actor and query and valid for one revision.
//!
//! The revision is read for every response, so a cached feed is never stale and nothing needs to expire. Feeds of many
//! entries are streamed, so that the first reader gets the beginning before the end is serialized. Later readers get
//! the serialized bytes, except for the largest feeds: the bytes of a year of a region would take thirty megabytes for
//! each reader.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes};
use futures_util::stream;
use jiff::{SignedDuration, Timestamp};
use obcms_app::AppError;
use obcms_app::core::CacheKey;
use obcms_domain::core::id::Id;

/// Maximum number of cached bytes: some dozens of months of an office, a few of a region.
const MAXIMUM: usize = 48 * 1024 * 1024;
/// Maximum number of entries of a feed that is serialized before it is sent: the densest month of an office has some
/// 1,250.
const AT_ONCE: usize = 2_000;
/// Maximum number of entries of a feed that is cached as bytes: the densest month of a region has 11,000, some seven
/// megabytes.
const WHOLE: usize = 16_000;
/// Memory of an entry that is not serialized, with its references, in bytes.
const UNWRITTEN: usize = 256;
/// Bytes that are serialized at a time.
const CHUNK: usize = 128 * 1024;

/// Source of the chunks of a feed, in order.
pub trait ChunkSource: Debug + Send + Sync {
    /// Returns the number of chunks.
    fn count(&self) -> usize;
    /// Serializes the chunk at a position.
    fn write(&self, position: usize, out: &mut Vec<u8>) -> Result<(), AppError>;
}

/// Content of a feed.
#[derive(Clone, Debug)]
pub enum Content {
    /// Serialized.
    Whole(Bytes),
    /// Serialized while it is sent.
    ChunkSource(Arc<dyn ChunkSource>),
}

impl Content {
    /// Creates the content of a feed, serialized unless it is large.
    pub fn of(pieces: impl ChunkSource + 'static) -> Result<Self, AppError> {
        if pieces.count() > AT_ONCE {
            return Ok(Self::ChunkSource(Arc::new(pieces)));
        }
        written_down(&pieces)
    }

    /// Returns the serialized content if it is not serialized yet and small enough for the cache.
    fn to_be_kept(&self) -> Result<Option<Self>, AppError> {
        match self {
            Self::ChunkSource(pieces) if pieces.count() <= WHOLE => written_down(pieces.as_ref()).map(Some),
            Self::ChunkSource(_) | Self::Whole(_) => Ok(None),
        }
    }

    /// Estimates the memory in bytes.
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

/// Stream of chunks, some at a time. Each is serialized quickly, so that it needs no blocking thread.
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

/// Cache key: actor and query.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// Actor: visibility and rights to move differ.
    pub actor: CacheKey,
    /// Parameters.
    pub asked: Vec<(String, String)>,
}

/// Rendered feed.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// Revision.
    pub state: i64,
    /// Content.
    pub content: Content,
    /// ETag of the entries.
    pub etag: String,
    /// Time from which the content may differ even without a change.
    pub until: Option<Timestamp>,
}

/// Cache of feeds.
#[derive(Debug, Default)]
pub struct Feeds {
    kept: Mutex<HashMap<FeedKey, Rendered>>,
}

impl Feeds {
    fn lock(&self) -> MutexGuard<'_, HashMap<FeedKey, Rendered>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the feed of the key if it is valid for the revision at this instant. On its second use a feed is
    /// serialized once for all later readers.
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

    /// Stores a feed, and drops those of older revisions; drops all when they take too much memory.
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

/// Minimum time between two updates of the last read of a feed, so that frequent polling does not cause as many
/// writes.
const BETWEEN_NOTES: SignedDuration = SignedDuration::from_mins(10);

/// Reads of feeds since the last update.
#[derive(Debug, Default)]
pub struct FeedReads {
    pending: Mutex<HashMap<Id, Pending>>,
}

#[derive(Debug)]
struct Pending {
    /// Time of the last update; `None` after a failure, so that the next read tries again.
    noted_at: Option<Timestamp>,
    count: i64,
}

impl FeedReads {
    /// Counts a read. Returns the number of reads to store, when an update is due.
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

    /// Returns reads that could not be stored; they are counted with the next one.
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

    /// Chunks of ten letters each.
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
    async fn streamed_feed_equals_the_serialized_one() {
        // Number, whether serialized at first, and result of the second use.
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
    fn only_the_requested_revision_is_found() {
        let feeds = Feeds::default();
        feeds.keep(key("a"), rendered(7, 10));
        assert!(feeds.find(&key("a"), 7, Timestamp::UNIX_EPOCH).unwrap().is_some());
        assert!(feeds.find(&key("a"), 8, Timestamp::UNIX_EPOCH).unwrap().is_none());
        assert!(feeds.find(&key("b"), 7, Timestamp::UNIX_EPOCH).unwrap().is_none());
    }

    #[test]
    fn cache_stays_within_its_bounds() {
        let feeds = Feeds::default();
        for turn in 0..10 {
            feeds.keep(key(&turn.to_string()), rendered(1, MAXIMUM / 3));
        }
        assert!(feeds.lock().len() <= 3);
        feeds.keep(key("new"), rendered(2, 10));
        assert_eq!(feeds.lock().len(), 1, "older states are let go");
    }

    #[test]
    fn reads_are_stored_periodically_and_none_is_lost() {
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
