//! Open connections, and eviction when there are too many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::Limits;
use super::connection::Connection;

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
    by_client: HashMap<IpAddr, usize>,
    /// Requests in progress that came through trusted proxies.
    requests: HashMap<IpAddr, usize>,
}

impl Open {
    fn remove(&mut self, id: u64) -> Option<Arc<Connection>> {
        let connection = self.connections.remove(&id)?;
        if let Some(client) = connection.client {
            decrease(&mut self.by_client, client);
        }
        Some(connection)
    }

    /// Evicts the connection with the lowest rank, of one client or of the client with the most; false when all of
    /// them are working.
    fn evict(&mut self, client: Option<IpAddr>) -> bool {
        let candidates = self.connections.iter().filter(|(_, one)| client.is_none() || one.client == client);
        let now = Instant::now();
        let ready = candidates.filter_map(|(id, one)| Some((*id, one.gives_way(now)?, one.client)));
        let held = |client: Option<IpAddr>| {
            client.and_then(|client| self.by_client.get(&client).copied()).unwrap_or_default()
        };
        let worst = ready.min_by_key(|(_, rank, client)| {
            (rank.is_proxy, rank.class, usize::MAX - held(*client), rank.phase, rank.since)
        });
        let Some((id, ..)) = worst else { return false };
        if let Some(connection) = self.remove(id) {
            connection.close.notify_one();
        }
        true
    }
}

fn decrease(counts: &mut HashMap<IpAddr, usize>, key: IpAddr) {
    if let Some(count) = counts.get_mut(&key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(&key);
        }
    }
}

/// All open connections of a server.
pub(super) struct Connections {
    limits: Limits,
    open: Mutex<Open>,
}

/// Entry among the open connections, removed when dropped.
pub(super) struct Entry {
    id: u64,
    /// Connection.
    pub(super) connection: Arc<Connection>,
    all: Arc<Connections>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.all.open().remove(self.id);
    }
}

/// Request of a client behind a trusted proxy, counted until it is dropped.
pub(super) struct Forwarded {
    client: IpAddr,
    all: Arc<Connections>,
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        decrease(&mut self.all.open().requests, self.client);
    }
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection, evicting another one where there are too many; `None` when all are working.
    pub(super) fn admit(self: &Arc<Self>, client: Option<IpAddr>) -> Option<Entry> {
        let mut open = self.open();
        let own = client.and_then(|client| open.by_client.get(&client).copied()).unwrap_or_default();
        if own >= self.limits.of_one && !open.evict(client) {
            return None;
        }
        if open.connections.len() >= self.limits.total && !open.evict(None) {
            return None;
        }
        let connection = Arc::new(Connection::new(client));
        let id = open.next;
        open.next += 1;
        open.connections.insert(id, connection.clone());
        if let Some(client) = client {
            *open.by_client.entry(client).or_default() += 1;
        }
        Some(Entry { id, connection, all: self.clone() })
    }

    /// Counts a request of a client behind a proxy; `None` when it has too many.
    pub(super) fn forwarded(self: &Arc<Self>, client: IpAddr) -> Option<Forwarded> {
        let mut open = self.open();
        let count = open.requests.entry(client).or_default();
        if *count >= self.limits.of_one {
            return None;
        }
        *count += 1;
        Some(Forwarded { client, all: self.clone() })
    }

    /// Evicts one connection when the system has no more file descriptors.
    pub(super) fn give_up_one(&self) -> bool {
        self.open().evict(None)
    }

    /// Closes all connections that exceeded a time limit.
    pub(super) fn close_expired(&self) {
        let now = Instant::now();
        for connection in self.open().connections.values() {
            if connection.is_over(now, &self.limits) {
                connection.close.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some([192, 0, 2, last].into())
    }

    fn connections(total: usize, of_one: usize) -> Arc<Connections> {
        Arc::new(Connections::new(Limits { total, of_one, ..Limits::default() }))
    }

    fn is_open(all: &Connections, entry: &Entry) -> bool {
        all.open().connections.contains_key(&entry.id)
    }

    #[test]
    fn oldest_idle_connection_of_an_address_is_evicted() {
        let all = connections(100, 3);
        let working = all.admit(address(1)).unwrap();
        working.connection.begins();
        let idle = all.admit(address(1)).unwrap();
        idle.connection.begins();
        idle.connection.ends();
        let opening = all.admit(address(1)).unwrap();
        let other = all.admit(address(2)).unwrap();
        let next = all.admit(address(1)).unwrap();
        assert!(!is_open(&all, &opening), "who has not asked yet gives way first");
        next.connection.begins();
        let last = all.admit(address(1)).unwrap();
        assert!(!is_open(&all, &idle));
        last.connection.begins();
        assert!(all.admit(address(1)).is_none(), "all of that address are at work");
        next.connection.streams();
        let instead = all.admit(address(1)).unwrap();
        assert!(!is_open(&all, &next), "a live stream comes again");
        instead.connection.begins();
        assert!(is_open(&all, &working) && is_open(&all, &other));
        drop(last);
        assert!(all.admit(address(1)).is_some());
    }

    #[test]
    fn address_with_most_connections_is_evicted_when_full() {
        let all = connections(4, 4);
        let honest = all.admit(address(1)).unwrap();
        let many: Vec<_> = (0..3).map(|_| all.admit(address(2)).unwrap()).collect();
        let next = all.admit(address(3)).unwrap();
        assert!(is_open(&all, &honest) && is_open(&all, &next) && !is_open(&all, &many[0]));
        assert_eq!(all.open().connections.len(), 4);
    }

    #[test]
    fn trusted_proxy_is_unlimited_but_its_clients_are_not() {
        let all = connections(10, 2);
        let proxied: Vec<_> = (0..5).map(|_| all.admit(None).unwrap()).collect();
        assert!(proxied.iter().all(|entry| is_open(&all, entry)));
        let client = address(9).unwrap();
        let (_one, two) = (all.forwarded(client).unwrap(), all.forwarded(client).unwrap());
        assert!(all.forwarded(client).is_none());
        drop(two);
        assert!(all.forwarded(client).is_some());
    }
}
