//! The fields of which MQTT packets are made (section 1.5 of both versions) and the properties of 5 (section 2.2.2).

use super::packet::Broken;

/// Takes fields off the front of a packet.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Of these bytes, which must hold exactly the fields that are read.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Nothing may be left.
    pub const fn end(&self) -> Result<(), Broken> {
        if self.0.is_empty() { Ok(()) } else { Err(Broken::Fields) }
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(Broken::Fields)?;
        self.0 = rest;
        Ok(taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Result<u8, Broken> {
        self.take(1)?.first().copied().ok_or(Broken::Fields)
    }

    /// Two bytes, the greater first.
    pub fn two(&mut self) -> Result<u16, Broken> {
        Ok(u16::from(self.byte()?) << 8 | u16::from(self.byte()?))
    }

    fn four(&mut self) -> Result<u32, Broken> {
        Ok(u32::from(self.two()?) << 16 | u32::from(self.two()?))
    }

    /// A packet identifier, which is never 0.
    pub fn id(&mut self) -> Result<u16, Broken> {
        self.two().and_then(|id| if id == 0 { Err(Broken::Order) } else { Ok(id) })
    }

    /// Up to four bytes of seven bits, the least first.
    fn variable(&mut self) -> Result<u32, Broken> {
        let mut value = 0;
        for at in 0..4 {
            let byte = self.byte()?;
            value |= u32::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                return if byte == 0 && at > 0 { Err(Broken::Length) } else { Ok(value) };
            }
        }
        Err(Broken::Length)
    }

    /// A length of two bytes and so many bytes.
    pub fn binary(&mut self) -> Result<&'a [u8], Broken> {
        let length = self.two()?;
        self.take(usize::from(length))
    }

    /// The same, as text: UTF-8 without U+0000.
    pub fn text(&mut self) -> Result<&'a str, Broken> {
        let text = std::str::from_utf8(self.binary()?).map_err(|_| Broken::Text)?;
        if text.contains('\0') { Err(Broken::Text) } else { Ok(text) }
    }
}

/// Reads properties. Each must be among `allowed` and, but for user properties (0x26), stand once. `each` is given the
/// identifier and the value when it is a number, else 0.
pub fn read_properties(
    reader: &mut Reader<'_>,
    allowed: &[u8],
    mut each: impl FnMut(u8, u32) -> Result<(), Broken>,
) -> Result<(), Broken> {
    let length = reader.variable()?;
    let mut inner = Reader::new(reader.take(usize::try_from(length).map_err(|_| Broken::Length)?)?);
    let mut seen = 0_u64;
    while !inner.is_empty() {
        let id = inner.byte()?;
        let bit = 1_u64 << (id & 0x3F);
        if !allowed.contains(&id) || (seen & bit != 0 && id != 0x26) {
            return Err(Broken::Property);
        }
        seen |= bit;
        let value = match id {
            0x01 | 0x17 | 0x19 => u32::from(inner.byte()?),
            0x21 | 0x22 => u32::from(inner.two()?),
            0x02 | 0x11 | 0x18 | 0x27 => inner.four()?,
            0x0B => inner.variable()?,
            0x03 | 0x08 | 0x15 | 0x1F => {
                inner.text()?;
                0
            }
            0x09 | 0x16 => {
                inner.binary()?;
                0
            }
            0x26 => {
                inner.text()?;
                inner.text()?;
                0
            }
            _ => return Err(Broken::Property),
        };
        each(id, value)?;
    }
    Ok(())
}
