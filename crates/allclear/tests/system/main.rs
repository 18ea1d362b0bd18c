//! The real program, from outside: real files, real sockets, real signals.

mod door;
mod feed;
mod kill;
mod outside;
mod server;
mod stream;
