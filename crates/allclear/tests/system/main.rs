//! The real program, from outside: real files, real sockets, real signals.

mod door;
mod server;
mod stream;
