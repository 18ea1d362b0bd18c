//! The door's handle on push messages: it starts their thread, and takes and ends subscriptions.
//!
//! What always holds: an endpoint that has not taken a first message is never kept; what is kept is on the disk before it is answered.

use super::book::{Book, Subscription};
use super::config::PushTable;
use super::message::Said;
use super::pools::SERVICE_FLYING;
use super::sender::{self, Answer, Request};
use super::thread::Thread;
use super::vapid::Vapid;
use crate::core::Core;
use crate::deliver::hub::FrameKind;
use crate::deliver::outward;
use anyhow::Context as _;
use model::{AreaSet, Code};
use reqwest::Client;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};

/// First messages that may be on their way at once, and subscriptions that may wait for the thread.
const GREETINGS_MAX: usize = 16;
const COMMANDS_MAX: usize = 64;

/// Why a subscription was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// Too many at once.
    #[error("take the subscription: {GREETINGS_MAX} others are being tried; send it again in a second")]
    Busy,
    /// The server has its fill.
    #[error("take the subscription: this server has as many as it can serve")]
    Full,
    /// One host has.
    #[error("take the subscription: this server has as many at {0} as it takes of one host")]
    HostFull(String),
    /// One host was tried too often just now.
    #[error("take the subscription: too many were tried at {0} just now; try again in a minute")]
    TooSoon(String),
    /// The push service refused the first message.
    #[error("take the subscription: its endpoint did not take a first message, it {0}")]
    Endpoint(String),
    /// It did not take it now.
    #[error("take the subscription: its endpoint cannot take a message now, it {0}; try again later")]
    Later(String),
    /// It could not be kept.
    #[error("keep the subscription; the log says why")]
    Book,
}

/// The door's handle.
pub struct Push {
    key: String,
    table: PushTable,
    client: Client,
    greetings: Semaphore,
    commands: mpsc::Sender<Command>,
}

/// What the door asks of the thread.
pub(super) enum Command {
    /// Writes a first message.
    Greet(Subscription, oneshot::Sender<Result<Greeting, SubscribeError>>),
    /// Takes up a subscription that took it, with what it said.
    Add(Subscription, Vec<(Code, Said)>, oneshot::Sender<Result<(), SubscribeError>>),
    /// Ends the one of an endpoint.
    Remove(String, oneshot::Sender<bool>),
}

/// A first message, and what it says.
pub(super) struct Greeting {
    /// The message.
    pub request: Request,
    /// What it says of each community.
    pub said: Vec<(Code, Said)>,
}

impl Push {
    /// Opens what is kept in `folder` and starts the thread.
    pub fn start(table: PushTable, folder: &Path, core: &Core, areas: &'static AreaSet) -> anyhow::Result<Self> {
        let vapid = Vapid::load_or_create(folder, table.contact.clone())?;
        let (book, kept) = Book::open(folder)?;
        let (commands, asked) = mpsc::channel(COMMANDS_MAX);
        let client = |idle| outward::client(table.private, idle).context("failed to make a client for push services");
        let push = Self {
            key: vapid.public().to_owned(),
            client: client(0)?,
            greetings: Semaphore::new(GREETINGS_MAX),
            commands,
            table: table.clone(),
        };
        // The earliest change that has not been looked at yet: what receipts are counted from.
        let (decided, changed) = (Arc::new(Mutex::new(None::<Instant>)), Arc::new(Notify::new()));
        let (earliest, notify) = (decided.clone(), changed.clone());
        core.hub().attach(Box::new(move |frame| {
            if matches!(frame.kind, FrameKind::Change(_)) {
                earliest.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(frame.decided);
                notify.notify_one();
            }
        }));
        let thread = Thread::new((vapid, book, kept), client(SERVICE_FLYING)?, table, core, areas);
        tracing::info!(
            key = push.key,
            subscriptions = thread.subscriptions(),
            "push messages are signed with this key"
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("push".into())
            .spawn(move || runtime.block_on(thread.run(asked, &changed, &decided)))?;
        Ok(push)
    }

    /// The public key that browsers bind a subscription to.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The configuration.
    pub const fn table(&self) -> &PushTable {
        &self.table
    }

    /// Takes a subscription, or changes the one of the same endpoint, after its endpoint has taken a first message. It is on the
    /// disk when this returns.
    pub async fn subscribe(&self, subscription: Subscription) -> Result<(), SubscribeError> {
        let _place = self.greetings.try_acquire().map_err(|_| SubscribeError::Busy)?;
        let Greeting { request, said } =
            self.ask(|reply| Command::Greet(subscription.clone(), reply)).await.ok_or(SubscribeError::Busy)??;
        match sender::send(&self.client, request).await {
            Answer::Taken => {}
            Answer::Gone => return Err(SubscribeError::Endpoint("says that it is gone".into())),
            Answer::Later { why, answered: true, .. } => return Err(SubscribeError::Later(why)),
            Answer::Refused(why) | Answer::Later { why, .. } => return Err(SubscribeError::Endpoint(why)),
        }
        self.ask(|reply| Command::Add(subscription, said, reply)).await.ok_or(SubscribeError::Busy)?
    }

    /// Ends the subscription of an endpoint; `false`: there was none. `None`: the thread is busy.
    pub async fn unsubscribe(&self, endpoint: String) -> Option<bool> {
        self.ask(|reply| Command::Remove(endpoint, reply)).await
    }

    async fn ask<T>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.commands.try_send(command(reply)).ok()?;
        answer.await.ok()
    }
}
