//! A TCP proxy before PostgreSQL that does to connections what networks do.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// A COMMIT as the client says it: a simple query of PostgreSQL's protocol.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// What becomes of a connection when its client says COMMIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtCommit {
    Forward,
    /// The COMMIT does not arrive, and both ends see the connection closed.
    CloseBefore,
    /// The COMMIT arrives, its answer does not, and both ends see the connection closed.
    CloseAfter,
    /// The COMMIT does not arrive, and nobody is told anything any more.
    FallSilentBefore,
    /// The COMMIT arrives, its answer does not, and nobody is told anything any more.
    FallSilentAfter,
}

/// Decides about the commits in the order in which they come, numbered from 0 over all connections.
type Judge = Box<dyn Fn(u64) -> AtCommit + Send>;

struct State {
    server: SocketAddr,
    judge: Mutex<Judge>,
    commits: AtomicU64,
    struck: AtomicU64,
    /// Newcomers are turned away, and everybody is thrown out.
    closed: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

/// Forwards to a server of this machine, until told otherwise.
pub struct Proxy {
    state: Arc<State>,
    port: u16,
}

impl Proxy {
    /// Listens at `address`, on a free port.
    pub fn start(address: IpAddr, server_port: u16) -> Self {
        let listener = TcpListener::bind((address, 0)).expect("some port is free");
        let port = listener.local_addr().expect("bound").port();
        let state = Arc::new(State {
            server: (Ipv4Addr::LOCALHOST, server_port).into(),
            judge: Mutex::new(Box::new(|_| AtCommit::Forward)),
            commits: AtomicU64::new(0),
            struck: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            open: Mutex::new(Vec::new()),
        });
        let accepting = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if !accepting.closed.load(Ordering::SeqCst) {
                    accepting.connect(&client);
                }
            }
        });
        Self { state, port }
    }

    /// The database's URL by way of this proxy, which listens at `host`.
    pub fn url(&self, url: &str, host: &str) -> String {
        let (before, address) = url.rsplit_once('@').expect("a user");
        let (_, name) = address.split_once('/').expect("a database");
        format!("{before}@{host}:{}/{name}", self.port)
    }

    /// From now on, decides about commits; starts counting anew.
    pub fn judge(&self, judge: impl Fn(u64) -> AtCommit + Send + 'static) {
        *self.state.judge.lock().expect("no judge panics") = Box::new(judge);
        self.state.commits.store(0, Ordering::SeqCst);
    }

    /// Closes every connection and lets nobody in, or lets them in again.
    pub fn close(&self, closed: bool) {
        self.state.closed.store(closed, Ordering::SeqCst);
        if closed {
            for stream in self.state.open.lock().expect("no panic").drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }

    /// Connections that ended at a COMMIT.
    pub fn struck(&self) -> u64 {
        self.state.struck.load(Ordering::SeqCst)
    }
}

impl State {
    fn connect(self: &Arc<Self>, client: &TcpStream) {
        let Ok(server) = TcpStream::connect(self.server) else {
            return;
        };
        let copies = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
        let (Some(forth), Some(back), Some((client_kept, server_kept))) =
            (copies(), copies(), copies())
        else {
            return;
        };
        self.open
            .lock()
            .expect("no panic")
            .extend([client_kept, server_kept]);
        let silent = Arc::new(AtomicBool::new(false));
        let (state, told) = (Arc::clone(self), Arc::clone(&silent));
        std::thread::spawn(move || state.carry_requests(forth.0, forth.1, &told));
        std::thread::spawn(move || carry_answers(back.1, back.0, &silent));
    }

    fn carry_requests(&self, mut client: TcpStream, mut server: TcpStream, silent: &AtomicBool) {
        let mut buffer = [0; 16_384];
        while let Ok(count @ 1..) = client.read(&mut buffer) {
            // A connection fallen silent goes on swallowing, so that nobody notices.
            if silent.load(Ordering::SeqCst) {
                continue;
            }
            let request = &buffer[..count];
            let fate = self.fate(request);
            if matches!(fate, AtCommit::FallSilentBefore | AtCommit::FallSilentAfter) {
                silent.store(true, Ordering::SeqCst);
            }
            if fate == AtCommit::CloseAfter {
                let _ = client.shutdown(Shutdown::Both);
            }
            let arrives = !matches!(fate, AtCommit::CloseBefore | AtCommit::FallSilentBefore);
            if arrives && server.write_all(request).is_err() {
                break;
            }
            if matches!(fate, AtCommit::CloseBefore | AtCommit::CloseAfter) {
                break;
            }
        }
        if !silent.load(Ordering::SeqCst) {
            let _ = client.shutdown(Shutdown::Both);
            let _ = server.shutdown(Shutdown::Write);
        }
    }

    fn fate(&self, request: &[u8]) -> AtCommit {
        if !request.windows(COMMIT.len()).any(|window| window == COMMIT) {
            return AtCommit::Forward;
        }
        let number = self.commits.fetch_add(1, Ordering::SeqCst);
        let fate = self.judge.lock().expect("no judge panics")(number);
        if fate != AtCommit::Forward {
            self.struck.fetch_add(1, Ordering::SeqCst);
        }
        fate
    }
}

fn carry_answers(mut server: TcpStream, mut client: TcpStream, silent: &AtomicBool) {
    let mut buffer = [0; 16_384];
    while let Ok(count @ 1..) = server.read(&mut buffer) {
        let heard = silent.load(Ordering::SeqCst) || client.write_all(&buffer[..count]).is_ok();
        if !heard {
            break;
        }
    }
    if !silent.load(Ordering::SeqCst) {
        let _ = client.shutdown(Shutdown::Both);
    }
}
