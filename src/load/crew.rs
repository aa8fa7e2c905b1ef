//! All the clients of one thread: how they arrive, who is there, and how they are hung up together. What one
//! client does stands in `client`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::socket::{Shutdown, shutdown};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::{JoinHandle, LocalSet, spawn_local};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::Order;
use super::client::Errand;
use super::plan::{Plan, Rate, Visit};
use super::statistics::Statistics;
use crate::timeline::observation::{Client, ClientId, ClientPhase, Failure};
use crate::timeline::time::Time;

/// How many clients may be connecting at a time. On loopback a connect is answered at once, so this is felt only
/// where nobody answers or the accept queue is full: clients that could do nothing but repeat their SYN then wait
/// their turn here, and come late, which is counted.
const CONNECTING: usize = 1024;

/// Everybody who is there.
pub(super) struct Crew {
    news: Box<dyn Fn(Client)>,
    statistics: Arc<Mutex<Statistics>>,
    doors: Arc<Semaphore>,
    present: RefCell<HashMap<ClientId, Present>>,
    last: Cell<u64>,
    /// Until then, whoever is left by the server comes again.
    forgiving: Cell<Option<Instant>>,
}

/// One who is there.
struct Present {
    /// Its socket and its own address, once it is connected.
    connection: Option<(Rc<TcpStream>, SocketAddr)>,
    /// Tells its task to leave.
    leave: oneshot::Sender<()>,
}

/// Carries out orders until nobody can give any more; then every client is closed.
pub(super) fn run(
    runtime: &tokio::runtime::Runtime,
    mut orders: mpsc::UnboundedReceiver<Order>,
    statistics: Arc<Mutex<Statistics>>,
    news: impl Fn(Client) + 'static,
) {
    let crew = Rc::new(Crew {
        news: Box::new(news),
        statistics,
        doors: Arc::new(Semaphore::new(CONNECTING)),
        present: RefCell::default(),
        last: Cell::new(0),
        forgiving: Cell::new(None),
    });
    let clients = LocalSet::new();
    clients.block_on(runtime, async {
        let mut stream: Option<JoinHandle<()>> = None;
        while let Some(order) = orders.recv().await {
            match order {
                Order::Plan(plan) => drop(spawn_local(Rc::clone(&crew).come(plan))),
                Order::Stream { rate, visit } => {
                    let next = spawn_local(Rc::clone(&crew).keep_coming(rate, visit));
                    stop(stream.replace(next));
                }
                Order::StopStream => stop(stream.take()),
                Order::HangUp(local) => crew.hang_up(local),
                Order::HangUpAll => crew.hang_up_all(),
                Order::ComeAgain(within) => crew.forgiving.set(Some(Instant::now() + within)),
            }
        }
    });
}

fn stop(stream: Option<JoinHandle<()>>) {
    if let Some(stream) = stream {
        stream.abort();
    }
}

impl Crew {
    /// Lets the clients of a plan come, each at its own moment.
    async fn come(self: Rc<Self>, plan: Plan) {
        let start = Instant::now();
        for number in 0..plan.clients {
            let due = start + plan.arrival(number);
            if plan.rate.is_some() {
                sleep_until(due).await;
            }
            self.admit(plan.visit, due).await;
        }
    }

    /// Lets clients come without end. What was missed while the process was stopped is skipped: a stream that is
    /// gentle must not come back as a storm.
    async fn keep_coming(self: Rc<Self>, rate: Rate, visit: Visit) {
        let mut ticks = interval(rate.gap());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            let due = ticks.tick().await;
            self.admit(visit, due).await;
        }
    }

    /// Lets one client in as soon as a door is free.
    async fn admit(self: &Rc<Self>, visit: Visit, due: Instant) {
        let Ok(door) = Arc::clone(&self.doors).acquire_owned().await else {
            return; // The semaphore is never closed.
        };
        let id = ClientId(self.last.get() + 1);
        self.last.set(id.0);
        let (leave, told) = oneshot::channel();
        let connection = None;
        self.present.borrow_mut().insert(id, Present { connection, leave });
        self.statistics().started(due.elapsed());
        self.tell(id, None, ClientPhase::Connecting);
        spawn_local(Rc::clone(self).attend(id, visit, door, told));
    }

    /// The whole life of one client.
    async fn attend(
        self: Rc<Self>,
        id: ClientId,
        visit: Visit,
        door: OwnedSemaphorePermit,
        told: oneshot::Receiver<()>,
    ) {
        let errand = Errand::new(&self, id, visit);
        let outcome = tokio::select! {
            // Whoever is told to leave has closed as it meant to, whatever else is ready.
            biased;
            _ = told => Ok(()),
            outcome = errand.run(door) => outcome,
        };
        let local = errand.local();
        let left = matches!(outcome, Err(Failure::Closed | Failure::Reset));
        let again = left && self.forgiving.get().is_some_and(|until| Instant::now() < until);
        let outcome = if again { Ok(()) } else { outcome };
        // This holds the socket last: it is closed before that is said.
        drop(self.present.borrow_mut().remove(&id));
        self.statistics().ended(outcome);
        self.tell(
            id,
            local,
            outcome.map_or_else(ClientPhase::Failed, |()| ClientPhase::Done),
        );
        if again {
            // A box, since the life of the next client is of the same kind as this one.
            let next: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
                self.admit(visit, Instant::now()).await;
            });
            next.await;
        }
    }

    /// Closes the client that has this address. An IPv4 client of a dual-stack server is the same client under
    /// its mapped address.
    fn hang_up(&self, local: SocketAddr) {
        let same =
            |other: SocketAddr| other.port() == local.port() && other.ip().to_canonical() == local.ip().to_canonical();
        let mut present = self.present.borrow_mut();
        let found = present
            .iter()
            .find(|(_, present)| present.connection.as_ref().is_some_and(|(_, other)| same(*other)))
            .map(|(id, _)| *id);
        if let Some(present) = found.and_then(|id| present.remove(&id)) {
            present.finish();
            let _ = present.leave.send(());
        }
    }

    /// Closes everybody. The ends of all connections leave in one sweep with nothing between them; only then are
    /// the tasks told, which takes longer.
    fn hang_up_all(&self) {
        let everybody = self.present.take();
        for present in everybody.values() {
            present.finish();
        }
        for present in everybody.into_values() {
            let _ = present.leave.send(());
        }
    }

    /// Notes the socket of a client that is now connected, so that it can be hung up.
    pub(super) fn connected(&self, id: ClientId, local: SocketAddr, stream: &Rc<TcpStream>, connect: Duration) {
        if let Some(present) = self.present.borrow_mut().get_mut(&id) {
            present.connection = Some((Rc::clone(stream), local));
        }
        self.statistics().connected(connect);
        self.tell(id, Some(local), ClientPhase::Connected);
    }

    /// Tells the world, with the time.
    pub(super) fn tell(&self, id: ClientId, local: Option<SocketAddr>, phase: ClientPhase) {
        (self.news)(Client {
            at: now(),
            id,
            local,
            phase,
        });
    }

    /// The figures, for a moment.
    pub(super) fn statistics(&self) -> MutexGuard<'_, Statistics> {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Present {
    /// Sends the end of the connection: shutdown(2) says it as close(2) does, and leaves the descriptor to the
    /// task that owns it. An error means that the connection is gone already.
    fn finish(&self) {
        if let Some((stream, _)) = &self.connection {
            let _ = shutdown(stream.as_raw_fd(), Shutdown::Write);
        }
    }
}

/// The time on the clock that the timeline is kept in.
fn now() -> Time {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(now.tv_nsec).unwrap_or(0);
    Time::from_nanos(seconds * 1_000_000_000 + nanos)
}
