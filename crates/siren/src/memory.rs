//! What a device keeps over a restart: the latest number it acted on, and the run that may not be over.
//!
//! What always holds: it is kept before the siren sounds and before anybody is told; a file cut short or changed is refused, and is
//! never taken for an empty one.

use crate::key::PublicKey;
use crate::message::{Number, Outcome};

const MAGIC: [u8; 4] = *b"ACM1";
const BYTES: usize = 4 + 32 + 16 + 1 + 8 + 8 + 4;

/// A run of the siren.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// By which command.
    pub number: Number,
    /// Until when at the latest, milliseconds after 1970 by the server's clock.
    pub until_ms: u64,
    /// Until when at the latest it may go on without a pause, whatever is ordered meanwhile.
    pub limit_ms: u64,
}

/// The memory of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// The server whose numbers these are. Another pinned key begins anew.
    pub server: PublicKey,
    /// The latest number it acted on.
    pub last: Number,
    /// What it then did; `None` before the first.
    pub outcome: Option<Outcome>,
    /// Until when that run lasts at the latest, by the server's clock; 0: it does not run.
    pub until_ms: u64,
    /// Until when it may go on without a pause, by the server's clock.
    pub limit_ms: u64,
}

/// Why bytes are no memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "read a device's memory of {0} bytes: it is damaged; without it a command could act twice: look at the disk, then begin a new one"
)]
pub struct MemoryError(usize);

impl Memory {
    /// Of a device that never acted.
    pub const fn new(server: PublicKey) -> Self {
        Self { server, last: Number { decided_at_ms: 0, entry: 0 }, outcome: None, until_ms: 0, limit_ms: 0 }
    }

    /// The run that may not be over.
    pub fn run(&self) -> Option<Run> {
        (self.until_ms > 0).then_some(Run { number: self.last, until_ms: self.until_ms, limit_ms: self.limit_ms })
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(BYTES);
        out.extend(MAGIC);
        out.extend(self.server.bytes());
        out.extend(self.last.decided_at_ms.to_be_bytes());
        out.extend(self.last.entry.to_be_bytes());
        out.push(self.outcome.map_or(0, Outcome::byte));
        out.extend(self.until_ms.to_be_bytes());
        out.extend(self.limit_ms.to_be_bytes());
        out.extend(checksum(&out).to_be_bytes());
        out
    }

    /// Reads it. One of another server begins anew for `server`.
    pub fn from_bytes(bytes: &[u8], server: PublicKey) -> Result<Self, MemoryError> {
        let damaged = MemoryError(bytes.len());
        let (content, sum) = bytes.split_at_checked(BYTES - 4).ok_or(damaged)?;
        if !content.starts_with(&MAGIC) || sum != checksum(content).to_be_bytes() {
            return Err(damaged);
        }
        let u64_at = |at: usize| {
            content.get(at..at + 8).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes).ok_or(damaged)
        };
        if content.get(4..36) != Some(server.bytes().as_slice()) {
            return Ok(Self::new(server));
        }
        let outcome = match content[52] {
            0 => None,
            byte => Some(Outcome::read(byte).ok_or(damaged)?),
        };
        let last = Number { decided_at_ms: u64_at(36)?, entry: u64_at(44)? };
        Ok(Self { server, last, outcome, until_ms: u64_at(53)?, limit_ms: u64_at(61)? })
    }
}

/// CRC-32 (IEEE 802.3): against a torn write, not against an enemy, who has the device anyway.
fn checksum(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn a_memory_is_read_as_it_was_kept_and_a_damaged_one_is_refused() {
        assert_eq!(checksum(b"123456789"), 0xCBF4_3926, "the check value of CRC-32");
        let (ours, other) = (SecretKey::from_seed(&[1; 32]).public(), SecretKey::from_seed(&[2; 32]).public());
        let last = Number { decided_at_ms: 5, entry: 7 };
        let memory = Memory { server: ours, last, outcome: Some(Outcome::Sounding), until_ms: 99, limit_ms: 120 };
        let bytes = memory.to_bytes();
        assert_eq!(Memory::from_bytes(&bytes, ours), Ok(memory));
        assert_eq!(Memory::from_bytes(&bytes, other), Ok(Memory::new(other)));
        for cut in 0..bytes.len() {
            assert!(Memory::from_bytes(&bytes[..cut], ours).is_err(), "{cut} bytes");
        }
        for bit in 0..bytes.len() * 8 {
            let mut bent = bytes.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(Memory::from_bytes(&bent, ours).is_err(), "bit {bit}");
        }
    }
}
