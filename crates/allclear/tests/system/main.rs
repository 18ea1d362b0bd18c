//! The real program, from outside: real files, real sockets, real signals.
#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![allow(unreachable_pub, reason = "nothing is reachable in a test; `pub` says what a module offers the others")]

mod chronicle;
mod com_ua;
mod cut_off;
mod door;
mod feed;
mod hooks;
mod kill;
mod listener;
mod mqtt;
mod outside;
mod poll;
mod push;
mod receipts;
mod server;
mod stopped;
mod stream;
mod tls;
