//! Receipts: how long after its decision an alert left by each channel, and to how many.
//!
//! What comes in: writes, as they are made, from the shards (MQTT among them), the webhooks, Web Push and the sirens. What goes out: a histogram for each
//! channel, for `/metrics` and the health page, and a summary for each alert and channel, which the core puts into the record.
//! What always holds:
//!   a time is counted from the decision, so that the wait for the disk is in it
//!   a stream's receipt says that the kernel took the bytes for that subscriber; a webhook's or a push's, that the receiver or
//!   the push service answered 2xx; a siren's, that the device signed that it carried the command out
//!   at most [`ALERTS_MAX`] summaries of a channel wait; those beyond are counted, and the histogram has them all the same
//! Deliberately absent: who the receivers are.

use hdrhistogram::Histogram;
use model::{AlertId, Delivery};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Summaries of one channel that may wait for the core, which takes them once a second.
const ALERTS_MAX: usize = 1024;
/// Longest time that is told apart, in microseconds: an hour.
const TIME_US_MAX: u64 = 3_600_000_000;
/// Upper bounds of the histogram in `/metrics`, in microseconds.
const BOUNDS_US: [u64; 14] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    10_000_000, 60_000_000,
];

/// A way to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Server-sent events.
    Events,
    /// WebSocket.
    WebSocket,
    /// MQTT clients of this server itself.
    Mqtt,
    /// ukrainealarm's webhooks.
    Webhook,
    /// Web Push.
    Push,
    /// Sirens.
    Siren,
}

impl Channel {
    /// All.
    pub const ALL: [Self; 6] = [Self::Events, Self::WebSocket, Self::Mqtt, Self::Webhook, Self::Push, Self::Siren];

    /// Its name in the record and in figures.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::WebSocket => "websocket",
            Self::Mqtt => "mqtt",
            Self::Webhook => "webhook",
            Self::Push => "push",
            Self::Siren => "siren",
        }
    }
}

/// What is kept of all channels.
#[derive(Debug, Default)]
pub struct Receipts([Mutex<Kept>; 6]);

/// What is kept of one channel.
#[derive(Debug)]
struct Kept {
    /// Microseconds from decision to write.
    times: Option<Histogram<u64>>,
    /// Their sum.
    sum_us: u64,
    waiting: BTreeMap<AlertId, (Delivery, Instant)>,
}

impl Default for Kept {
    fn default() -> Self {
        // Two digits: the bounds are valid.
        Self { times: Histogram::new_with_max(TIME_US_MAX, 2).ok(), sum_us: 0, waiting: BTreeMap::new() }
    }
}

/// The figures of one channel. Times in seconds, from decision to write.
#[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct ChannelView {
    /// `events`, `websocket`, `mqtt`, `webhook`, `push` or `siren`.
    pub channel: &'static str,
    /// Writes of changes since the start.
    pub count: u64,
    /// Half of them were no later; `None`: nothing was sent yet.
    pub p50_s: Option<f64>,
    /// Nine in ten.
    pub p90_s: Option<f64>,
    /// 99 in a hundred.
    pub p99_s: Option<f64>,
    /// The latest.
    pub max_s: Option<f64>,
    /// Writes no later than each bound, ascending: bound in seconds, count so far.
    pub buckets: Vec<(f64, u64)>,
    /// Sum of all times.
    pub sum_s: f64,
}

impl Receipts {
    /// `count` writes, so long after their decision.
    pub fn wrote(&self, channel: Channel, after: Duration, count: u64) {
        let us = u64::try_from(after.as_micros()).unwrap_or(TIME_US_MAX).clamp(1, TIME_US_MAX);
        let mut kept = self.kept(channel);
        kept.sum_us = kept.sum_us.saturating_add(us.saturating_mul(count));
        if let Some(times) = &mut kept.times {
            times.saturating_record_n(us, count);
        }
    }

    /// An alert was sent to these; the last write was just now. Several summaries of one alert become one.
    pub fn told(&self, channel: Channel, alert: AlertId, delivery: Delivery) {
        let mut kept = self.kept(channel);
        let full = kept.waiting.len() >= ALERTS_MAX;
        match kept.waiting.get_mut(&alert) {
            Some((sum, at)) => {
                *sum = sum.and(delivery);
                *at = Instant::now();
            }
            None if full => metrics::counter!("allclear_receipts_unrecorded_total").increment(1),
            None => {
                kept.waiting.insert(alert, (delivery, Instant::now()));
            }
        }
    }

    /// The oldest alerts' summaries of each channel, with how long ago the last write was; at most `most` of a channel.
    pub fn take(&self, most: usize) -> Vec<(Channel, AlertId, Delivery, Duration)> {
        let mut taken = Vec::new();
        for channel in Channel::ALL {
            let mut kept = self.kept(channel);
            for _ in 0..most {
                let Some((alert, (delivery, at))) = kept.waiting.pop_first() else { break };
                taken.push((channel, alert, delivery, at.elapsed()));
            }
        }
        taken
    }

    /// The figures of every channel.
    pub fn view(&self) -> Vec<ChannelView> {
        Channel::ALL.iter().map(|channel| self.kept(*channel).view(*channel)).collect()
    }

    fn kept(&self, channel: Channel) -> std::sync::MutexGuard<'_, Kept> {
        let [events, websocket, mqtt, webhook, push, siren] = &self.0;
        let kept = match channel {
            Channel::Events => events,
            Channel::WebSocket => websocket,
            Channel::Mqtt => mqtt,
            Channel::Webhook => webhook,
            Channel::Push => push,
            Channel::Siren => siren,
        };
        kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn view(&self, channel: Channel) -> ChannelView {
        let count = self.times.as_ref().map_or(0, Histogram::len);
        let at = |quantile: f64| {
            self.times
                .as_ref()
                .filter(|times| !times.is_empty())
                .map(|times| seconds(times.value_at_quantile(quantile)))
        };
        let below = |bound: &u64| self.times.as_ref().map_or(0, |times| times.count_between(0, *bound));
        ChannelView {
            channel: channel.name(),
            count,
            p50_s: at(0.5),
            p90_s: at(0.9),
            p99_s: at(0.99),
            max_s: at(1.0),
            buckets: BOUNDS_US.iter().map(|bound| (seconds(*bound), below(bound))).collect(),
            sum_s: seconds(self.sum_us),
        }
    }
}

/// The figures as Prometheus reads a histogram (text format 0.0.4).
pub fn exposition(channels: &[ChannelView]) -> String {
    use std::fmt::Write as _;
    const NAME: &str = "allclear_delivery_seconds";
    let mut text = format!("# HELP {NAME} From a decision to its write, for each channel.\n# TYPE {NAME} histogram\n");
    // Writing to a string cannot fail.
    for ChannelView { channel, count, buckets, sum_s, .. } in channels {
        for (bound, below) in buckets {
            let _ = writeln!(text, "{NAME}_bucket{{channel=\"{channel}\",le=\"{bound}\"}} {below}");
        }
        let _ = writeln!(text, "{NAME}_bucket{{channel=\"{channel}\",le=\"+Inf\"}} {count}");
        let _ = writeln!(
            text,
            "{NAME}_sum{{channel=\"{channel}\"}} {sum_s}\n{NAME}_count{{channel=\"{channel}\"}} {count}"
        );
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "microseconds, shown with a few digits")]
fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_counted_from_their_decision_and_summaries_of_an_alert_become_one() {
        let receipts = Receipts::default();
        receipts.wrote(Channel::Events, Duration::from_millis(4), 99);
        receipts.wrote(Channel::Events, Duration::from_millis(300), 1);
        let view = &receipts.view()[0];
        let below = |s: f64| view.buckets.iter().find(|(bound, _)| bound.total_cmp(&s).is_eq()).unwrap().1;
        assert_eq!((view.count, below(0.002), below(0.005), below(0.5)), (100, 0, 99, 100));
        assert!(view.p50_s.unwrap() < 0.005 && view.max_s.unwrap() > 0.29, "{view:?}");
        let text = exposition(&receipts.view());
        assert!(text.contains("allclear_delivery_seconds_bucket{channel=\"events\",le=\"0.005\"} 99\n"), "{text}");
        assert!(text.contains("allclear_delivery_seconds_count{channel=\"webhook\"} 0\n"), "{text}");

        let of = |receivers, behind, first_ms, last_ms| Delivery { receivers, behind, first_ms, last_ms };
        receipts.told(Channel::Events, AlertId(7), of(10, 1, 5, 9));
        receipts.told(Channel::Events, AlertId(7), of(20, 0, 3, 30));
        receipts.told(Channel::Webhook, AlertId(7), of(1, 0, 80, 80));
        let taken: Vec<_> = receipts.take(8).into_iter().map(|(c, a, d, _)| (c, a, d)).collect();
        let expected =
            [(Channel::Events, AlertId(7), of(30, 1, 3, 30)), (Channel::Webhook, AlertId(7), of(1, 0, 80, 80))];
        assert_eq!(taken, expected);
        assert!(receipts.take(8).is_empty());
    }

    #[test]
    fn a_receipt_of_before_they_were_counted_is_read_and_written_as_it_was() {
        let old = r#"{"event":"receipt","channel":"events","alert":7,"sent_at":"2026-11-28T21:00:00.000Z"}"#;
        let body: model::EventBody = serde_json::from_str(old).unwrap();
        assert!(matches!(body, model::EventBody::Receipt { delivery: None, .. }));
        assert_eq!(serde_json::to_string(&body).unwrap(), old);
    }

    #[test]
    fn what_waits_is_bounded_and_nothing_of_the_histogram_is_lost() {
        let receipts = Receipts::default();
        for n in 0..ALERTS_MAX as u64 + 10 {
            receipts.told(Channel::Events, AlertId(n), Delivery::default());
        }
        assert_eq!(receipts.take(usize::MAX).len(), ALERTS_MAX);
    }
}
