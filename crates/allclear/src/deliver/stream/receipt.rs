//! What one round of a group was: counted while it is written, told when it is over.

use crate::deliver::receipts::{Channel, Receipts};
use model::{AlertId, Delivery};
use std::collections::BTreeSet;
use std::time::Instant;

/// Writes between two looks at the clock.
const LOOK: u64 = 64;

/// A round of one group.
pub struct Receipt {
    channel: Channel,
    decided: Instant,
    /// Counted so far; of the times only the first.
    pub delivery: Delivery,
    /// Writes since the last look at the clock.
    unseen: u64,
}

impl Receipt {
    /// Nothing is written yet.
    pub fn new(channel: Channel, decided: Instant) -> Self {
        Self { channel, decided, delivery: Delivery::default(), unseen: 0 }
    }

    /// One write more.
    pub fn wrote(&mut self, receipts: &Receipts) {
        if self.delivery.receivers == 0 {
            self.delivery.first_ms = self.ms();
        }
        self.delivery.receivers += 1;
        self.unseen += 1;
        if self.unseen == LOOK {
            self.look(receipts);
        }
    }

    /// The round is over; these alerts were in it.
    pub fn close(mut self, receipts: &Receipts, alerts: impl Iterator<Item = AlertId>) {
        self.look(receipts);
        self.delivery.last_ms = self.ms();
        if self.delivery.receivers + self.delivery.behind == 0 {
            return;
        }
        for alert in alerts.collect::<BTreeSet<_>>() {
            receipts.told(self.channel, alert, self.delivery);
        }
    }

    /// Those written since the last look were written by now.
    fn look(&mut self, receipts: &Receipts) {
        if self.unseen > 0 {
            receipts.wrote(self.channel, self.decided.elapsed(), std::mem::take(&mut self.unseen));
        }
    }

    fn ms(&self) -> u32 {
        u32::try_from(self.decided.elapsed().as_millis()).unwrap_or(u32::MAX)
    }
}
