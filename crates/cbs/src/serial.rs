//! The serial number, TS 23.041 section 9.4.1.2.1: scope (2 bits), message code (10), update number (4).
//!
//! A phone that has shown a message of one identifier and serial number within the scope does not show it again.

use std::fmt;

/// Within what a serial number is unique, and how a message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// One cell; shown at once.
    CellImmediate,
    /// The whole network; shown as the phone is set.
    Network,
    /// A location, service or tracking area.
    Area,
    /// One cell; shown as the phone is set.
    Cell,
}

impl Scope {
    /// Every one, by its code.
    pub const ALL: [Self; 4] = [Self::CellImmediate, Self::Network, Self::Area, Self::Cell];

    /// Its name in commands and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CellImmediate => "cell-immediate",
            Self::Network => "network",
            Self::Area => "area",
            Self::Cell => "cell",
        }
    }

    const fn bits(self) -> u16 {
        match self {
            Self::CellImmediate => 0,
            Self::Network => 1,
            Self::Area => 2,
            Self::Cell => 3,
        }
    }
}

/// A part of a serial number is larger than its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SerialError {
    /// Ten bits.
    #[error("take message code {0}: 0 to 1023 would be right")]
    Code(u16),
    /// Four bits.
    #[error("take update number {0}: 0 to 15 would be right")]
    Update(u8),
}

/// Which message it is, among those of one identifier: 0 to 1023.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageCode(u16);

impl MessageCode {
    /// How many there are.
    pub const COUNT: u16 = 1024;

    /// The code, if it is one.
    pub const fn new(code: u16) -> Result<Self, SerialError> {
        if code < Self::COUNT { Ok(Self(code)) } else { Err(SerialError::Code(code)) }
    }

    /// 0 to 1023.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The one that lies `steps` further; after 1023 comes 0.
    #[must_use]
    pub const fn after(self, steps: u16) -> Self {
        Self((self.0 + steps % Self::COUNT) % Self::COUNT)
    }

    /// A code for whoever has nobody to allot them: a name's FNV-1a hash, folded. Two names meet in one of 1,024 cases.
    pub fn of_name(name: &str) -> Self {
        let hash = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let folded = (0..7).fold(0, |folded, part| folded ^ (hash >> (part * 10)) & 0x3ff);
        Self(u16::try_from(folded).unwrap_or_default() % Self::COUNT)
    }
}

/// Which edition of the message: 0 to 15, then 0 again. A phone shows a new edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct UpdateNumber(u8);

impl UpdateNumber {
    /// The number, if it is one.
    pub const fn new(number: u8) -> Result<Self, SerialError> {
        if number < 16 { Ok(Self(number)) } else { Err(SerialError::Update(number)) }
    }

    /// That of the message with so many before it.
    pub fn after(earlier: usize) -> Self {
        Self(u8::try_from(earlier % 16).unwrap_or_default())
    }

    /// 0 to 15.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The next; after 15 comes 0.
    #[must_use]
    pub const fn next(self) -> Self {
        Self((self.0 + 1) % 16)
    }
}

/// A serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serial {
    /// Within what it is unique.
    pub scope: Scope,
    /// Which message.
    pub code: MessageCode,
    /// Which edition.
    pub update: UpdateNumber,
}

impl Serial {
    /// As it is sent, most significant octet first.
    pub const fn bits(self) -> u16 {
        self.scope.bits() << 14 | self.code.0 << 4 | self.update.0 as u16
    }

    /// What 16 bits mean; every value means something.
    pub const fn read(bits: u16) -> Self {
        let [_, low] = bits.to_be_bytes();
        Self {
            scope: Scope::ALL[(bits >> 14) as usize],
            code: MessageCode(bits >> 4 & 0x3ff),
            update: UpdateNumber(low & 0xf),
        }
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scope, code, update } = self;
        write!(f, "{:#06x} (scope {}, code {}, update {})", self.bits(), scope.name(), code.0, update.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sixteen_bits_are_a_serial_number_and_come_back() {
        for bits in 0..=u16::MAX {
            assert_eq!(Serial::read(bits).bits(), bits);
        }
    }

    #[test]
    fn the_fields_lie_where_the_standard_has_them() {
        let serial = |scope, code, update| {
            Serial { scope, code: MessageCode::new(code).unwrap(), update: UpdateNumber::new(update).unwrap() }.bits()
        };
        assert_eq!(serial(Scope::Network, 0, 0), 0x4000);
        assert_eq!(serial(Scope::CellImmediate, 1023, 0), 0x3ff0);
        assert_eq!(serial(Scope::Cell, 1, 15), 0xc01f);
    }

    #[test]
    fn what_is_too_large_is_refused_and_what_counts_begins_again() {
        assert_eq!(MessageCode::new(1024), Err(SerialError::Code(1024)));
        assert_eq!(UpdateNumber::new(16), Err(SerialError::Update(16)));
        assert_eq!(UpdateNumber::new(15).unwrap().next(), UpdateNumber::default());
        assert_eq!(UpdateNumber::after(35).get(), 3);
        assert_eq!(MessageCode::new(1023).unwrap().after(2).get(), 1);
    }

    #[test]
    fn names_spread_over_the_codes() {
        let codes: std::collections::BTreeSet<u16> =
            (0..1000).map(|n| MessageCode::of_name(&format!("urn:oid:2.49.0.1.804.7.alert.{n}")).get()).collect();
        // A thousand draws of 1,024 meet 638 different ones on average.
        assert!(codes.len() > 580, "{}", codes.len());
    }
}
