//! MQTT: the state of every community as a retained message on a topic of its own.
//!
//! What comes in: frames of the hub. What goes out: rounds of messages, to the shards that serve MQTT clients themselves
//! (`deliver/stream/mqtt.rs`), and to bridges into other brokers.
//! Deliberately absent: messages of others. Nothing that an MQTT client says changes anything here.

pub mod bridge;
pub mod config;
mod discovery;
pub mod link;
pub mod packet;
mod read;
pub mod speak;
pub mod states;
pub mod topics;
pub mod tree;
pub mod tunnel;
