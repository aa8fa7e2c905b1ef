//! The clients that come to a server, and what they met: plans and statistics (pure), and the clients themselves
//! on a runtime of their own thread.
//!
//! [`Load`] is the handle: its methods only put an order into a queue, so that a screen never waits for ten
//! thousand clients, and news of each client comes back through a function that is given at the start. Limits of
//! the process (open files) are not raised here: whoever has more clients in mind does that first.

mod client;
mod crew;
pub mod headless;
pub mod plan;
pub mod statistics;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc;

use crate::timeline::observation;
use plan::{Hold, Plan, Rate, Visit, Wish};
use statistics::{Figures, Statistics};

/// The thread of the clients. Dropping it closes every client, without further news, and joins the thread.
#[derive(Debug)]
pub struct Load {
    /// `None` only while it is dropped: the end of the queue is what ends the thread.
    orders: Option<mpsc::UnboundedSender<Order>>,
    statistics: Arc<Mutex<Statistics>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// The clients could not be given a thread.
#[derive(Debug, Error)]
pub enum StartError {
    /// No runtime: mostly no descriptors for its epoll.
    #[error("build the runtime of the clients")]
    Runtime(#[source] io::Error),
    /// No thread.
    #[error("start the thread of the clients")]
    Thread(#[source] io::Error),
}

/// What the thread is told.
#[derive(Debug)]
enum Order {
    /// Let these clients come.
    Plan(Plan),
    /// Let clients come without end, in place of an earlier stream.
    Stream { rate: Rate, visit: Visit },
    /// Let no more of those come.
    StopStream,
    /// Close the client that has this address.
    HangUp(SocketAddr),
    /// Close all clients.
    HangUpAll,
    /// Let those come again whom the server leaves in this time.
    ComeAgain(Duration),
}

impl Load {
    /// Starts the thread. `news` is called on it, in the order in which things happened, and must not block:
    /// the clients wait meanwhile.
    pub fn start(news: impl Fn(observation::Client) + Send + 'static) -> Result<Self, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let (orders, queue) = mpsc::unbounded_channel();
        let statistics = Arc::new(Mutex::new(Statistics::default()));
        let shared = Arc::clone(&statistics);
        let thread = thread::Builder::new()
            .name("clients".into())
            .spawn(move || crew::run(&runtime, queue, shared, news))
            .map_err(StartError::Thread)?;
        Ok(Self {
            orders: Some(orders),
            statistics,
            thread: Some(thread),
        })
    }

    /// Lets this many clients come now.
    pub fn connect(&self, clients: u32, visit: Visit) {
        self.plan(Plan {
            clients,
            rate: None,
            visit,
        });
    }

    /// Lets the clients of a plan come, beside those of earlier plans.
    pub fn plan(&self, plan: Plan) {
        self.order(Order::Plan(plan));
    }

    /// Lets clients come at this rate until [`Self::stop_stream`], in place of an earlier stream. What a stream
    /// misses while the process is stopped is not made up for.
    pub fn stream(&self, rate: Rate, visit: Visit) {
        self.order(Order::Stream { rate, visit });
    }

    /// Begins what was wished for. The hold of `visit` is the wish's own.
    pub fn begin(&self, wish: Wish, visit: Visit) {
        match wish {
            Wish::None => {}
            Wish::Gentle => self.stream(
                Rate::GENTLE,
                Visit {
                    hold: Some(Hold::GENTLE),
                    ..visit
                },
            ),
            Wish::Plan { clients, rate, hold } => self.plan(Plan {
                clients,
                rate,
                visit: Visit { hold, ..visit },
            }),
        }
    }

    /// Lets no more clients of the stream come; those who came stay as long as they meant to.
    pub fn stop_stream(&self) {
        self.order(Order::StopStream);
    }

    /// Hangs up the client that has this local address; nothing happens if it is gone already.
    pub fn hang_up(&self, local: SocketAddr) {
        self.order(Order::HangUp(local));
    }

    /// Hangs up all clients that are there at the same instant. Those that a plan or a stream has yet to send
    /// still come.
    pub fn hang_up_all(&self) {
        self.order(Order::HangUpAll);
    }

    /// Lets a client come again, as a new one, whose connection the server closes within this time: it is about to, and
    /// means nothing by it.
    pub fn come_again(&self, within: Duration) {
        self.order(Order::ComeAgain(within));
    }

    /// What the clients met so far.
    pub fn figures(&self) -> Figures {
        self.statistics.lock().unwrap_or_else(PoisonError::into_inner).figures()
    }

    fn order(&self, order: Order) {
        // The queue is closed only if the thread panicked, which the panic itself has told.
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
