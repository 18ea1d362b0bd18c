//! Web Push: a message to the browser or the app of everyone who named a community, also while the page is closed.
//!
//! What comes in: subscriptions, and the published picture. What goes out: one request for each subscription and change
//! (RFC 8030), encrypted for that browser alone (RFC 8291) and signed with this server's key (RFC 8292).
//! What always holds:
//!   a subscription names communities, never a place; nobody but its browser can read what it is sent
//!   who is behind gets what is true then, not what was true before: nothing queues up
//!   an address of a stranger is no way into the inside network (`deliver/outward.rs`)
//!   the streams never wait for anything here
//! Never the only channel: a push service may be late, and nothing tells a phone that no push came.
//! For those who subscribe and who operate: docs/reference/push.md.

mod book;
mod config;
mod desk;
mod message;
mod pools;
mod seal;
mod sender;
mod service;
mod thread;
mod vapid;

pub use book::Subscription;
pub use config::PushTable;
pub use seal::Reader;
pub use service::{Push, SubscribeError};
