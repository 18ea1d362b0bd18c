//! The real program, from outside: real files, real sockets, real signals.

mod door;
mod kill;
mod feed;
mod server;
mod stream;
