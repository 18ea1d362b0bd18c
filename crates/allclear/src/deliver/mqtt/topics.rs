//! The thread that keeps the topics: frames of the hub in, rounds out to all who send them on.
//!
//! What always holds: the core waits for nothing here; frames that find no room are made up for from the whole picture; a core
//! that gives no sign of life for three heartbeats makes every state *unknown*.

use super::states::{Retained, Round, States};
use super::tree::Tree;
use crate::core;
use crate::deliver::hub::Frame;
use crate::deliver::stream::House;
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Frames that may wait.
const WAITING_MAX: usize = 1024;
/// How often it is asked whether the core is alive.
const LOOK: Duration = Duration::from_secs(1);

/// Whoever is given each round, at once and without waiting.
type Outlet = Box<dyn Fn(&Arc<Round>) + Send>;

/// The topics, for all who send them on.
#[derive(Clone)]
pub struct Topics {
    /// Their names.
    pub tree: Arc<Tree>,
    latest: Arc<ArcSwap<Retained>>,
    outlets: Arc<Mutex<Vec<Outlet>>>,
}

impl Topics {
    /// Begins to keep them.
    pub fn start(house: &Arc<House>) -> std::io::Result<Self> {
        let tree = Arc::new(Tree::new(house.areas, house.core.published().status));
        let (give, frames) = sync_channel::<Frame>(WAITING_MAX);
        let lost = Arc::new(AtomicBool::new(false));
        let missed = lost.clone();
        house.core.hub().attach(Box::new(move |frame| {
            if give.try_send(frame.clone()).is_err() {
                missed.store(true, Ordering::Relaxed);
            }
        }));
        let states = States::new(house.areas, tree.clone(), &picture(house));
        let topics = Self { tree, latest: Arc::new(ArcSwap::from(states.retained())), outlets: Arc::default() };
        let (told, house) = (topics.clone(), house.clone());
        std::thread::Builder::new().name("topics".into()).spawn(move || told.keep(&house, states, &frames, &lost))?;
        Ok(topics)
    }

    /// What is retained. Rounds of before may still be on their way.
    pub fn latest(&self) -> Arc<Retained> {
        self.latest.load_full()
    }

    /// Gives `outlet` every round from now on; the first has no message, only what is retained before the others.
    pub fn attach(&self, outlet: Outlet) {
        let mut outlets = self.outlets.lock().unwrap_or_else(PoisonError::into_inner);
        outlet(&Arc::new(Round { items: Vec::new(), retained: self.latest(), told: None }));
        outlets.push(outlet);
    }

    fn keep(&self, house: &House, mut states: States, frames: &Receiver<Frame>, lost: &AtomicBool) {
        let mut alive = true;
        loop {
            let frame = match frames.recv_timeout(LOOK) {
                Ok(frame) => Some(frame),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let lives = house.core.alive();
            if lives != alive || lost.swap(false, Ordering::Relaxed) {
                alive = lives;
                self.publish(states.whole(&picture(house), alive));
            }
            if let Some(frame) = frame {
                self.publish(states.frame(&frame));
            }
        }
    }

    fn publish(&self, round: Round) {
        let round = Arc::new(round);
        let outlets = self.outlets.lock().unwrap_or_else(PoisonError::into_inner);
        self.latest.store(round.retained.clone());
        for outlet in outlets.iter() {
            outlet(&round);
        }
    }
}

fn picture(house: &House) -> crate::serve::view::StateView {
    core::state_view(house.areas, &house.core.published(), house.core.clock(), &house.troubles)
}
