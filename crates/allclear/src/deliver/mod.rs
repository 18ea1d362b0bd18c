//! Sending what was decided to those who listen.
//!
//! What comes in: frames that are already durable in the record. What goes out: the same frames to every subscriber.
//! Deliberately absent: decisions, and any queue per subscriber without a bound.

pub mod dead;
pub mod filter;
pub mod hub;
pub mod mqtt;
pub mod outward;
pub mod poll;
pub mod push;
pub mod receipts;
pub mod sign;
pub mod siren;
pub mod snapshot;
pub mod stream;

/// Makes a socket cheap to write to that is only ever told something short: congestion control by Reno (RFC 5681), which every
/// kernel has and everyone may ask for. Where BBR is the system's own, each message would start a timer that spaces out what is
/// one segment. A kernel that refuses keeps what it had.
fn frugal(socket: &impl std::os::fd::AsFd) {
    let _ = rustix::net::sockopt::set_tcp_congestion(socket, "reno");
}
