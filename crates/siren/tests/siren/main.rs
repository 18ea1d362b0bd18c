//! What is signed is read back and nothing else is; a device and its server through nights of faults.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod bytes;
mod desk;
mod device;
mod night;

use siren::{Body, DeviceId, Envelope, SecretKey, World};

/// The server's key.
fn server() -> SecretKey {
    SecretKey::from_seed(&[1; 32])
}

/// The device's key.
fn own() -> SecretKey {
    SecretKey::from_seed(&[2; 32])
}

fn id() -> DeviceId {
    DeviceId::new("konotop-01").unwrap()
}

/// A message of the server to the device.
fn said(body: Body) -> Vec<u8> {
    Envelope { world: World::Actual, device: id(), body }.sign(&server())
}
