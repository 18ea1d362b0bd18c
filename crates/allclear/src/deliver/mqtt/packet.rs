//! MQTT 3.1.1 and 5 (OASIS): what a client may say to a server that only speaks.
//!
//! What comes in: bytes of a stranger. What goes out: a [`Packet`], or a [`Broken`] that names the rule it breaks.
//! What always holds: no length, count or text is believed before it is checked; nothing is kept here; a packet is read
//! the same however its bytes were cut. Deliberately absent: what a server's packets look like (`speak.rs`).

use super::read::{Reader, read_properties};

/// Longest packet a client may send, in bytes, with its head.
pub const PACKET_BYTES_MAX: usize = 8 * 1024;
/// Longest topic filter, in bytes: longer than any topic of the tree.
pub const FILTER_BYTES_MAX: usize = 256;

/// Which MQTT is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.1.1 (protocol level 4).
    Three,
    /// 5.
    Five,
}

/// What breaks the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// A remaining length of more than four bytes (section 2.2.3 of 3.1.1, 2.1.4 of 5), or longer than need be.
    #[error("read a packet: its length is no variable byte integer")]
    Length,
    /// More than [`PACKET_BYTES_MAX`].
    #[error("take a packet of more than {PACKET_BYTES_MAX} bytes")]
    TooLarge,
    /// Reserved bits of the first byte, or a reserved type.
    #[error("read a packet: its type or its flags are reserved")]
    Head,
    /// Fields end before the packet, or after it.
    #[error("read a packet: its fields and its length do not agree")]
    Fields,
    /// Text that is not UTF-8, or holds U+0000.
    #[error("read a text: expected UTF-8 without U+0000")]
    Text,
    /// A property that does not belong there, twice, or with a value it cannot have.
    #[error("read the properties: one is unknown, stands twice or has no such value")]
    Property,
    /// A packet that may not come now, or that breaks a rule of its own.
    #[error("follow the protocol: this packet may not come here, or not so")]
    Order,
}

impl Broken {
    /// Its name in the metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::TooLarge => "too_large",
            Self::Head => "head",
            Self::Fields => "fields",
            Self::Text => "text",
            Self::Property => "property",
            Self::Order => "order",
        }
    }

    /// Its reason code (5, section 2.4).
    pub const fn code(self) -> u8 {
        match self {
            Self::TooLarge => 0x95,
            Self::Order | Self::Property => 0x82,
            Self::Length | Self::Head | Self::Fields | Self::Text => 0x81,
        }
    }
}

/// CONNECT, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the packet")]
pub struct Connect {
    /// Which MQTT.
    pub version: Version,
    /// Nothing of before is wanted.
    pub clean: bool,
    /// It brings a will: a message to publish when it is gone.
    pub will: bool,
    /// Seconds; 0: none.
    pub keep_alive_s: u16,
    /// Its name for itself; may be empty.
    pub client: String,
    /// Password.
    pub password: Option<Vec<u8>>,
    /// Seconds it would like its session kept (5).
    pub session_expiry_s: u32,
    /// Messages of QoS 1 it takes before it acknowledges.
    pub receive_max: u16,
    /// Longest packet it takes, in bytes.
    pub packet_max: u32,
    /// It wants reasons in words in every packet that can hold them (5, section 3.1.2.11.7).
    pub reasons: bool,
    /// It wants to authenticate otherwise (5).
    pub other_auth: bool,
}

/// Why a first packet is no CONNECT that can be answered with yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoConnect {
    /// Not MQTT, or broken: there is no answer to it.
    Broken(Broken),
    /// A protocol level other than 4 and 5.
    Level(u8),
}

impl From<Broken> for NoConnect {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// One filter of a SUBSCRIBE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Topic filter; may be none of ours.
    pub filter: String,
    /// Greatest QoS wanted, 0 to 2.
    pub qos: u8,
    /// Retained messages keep their flag (5).
    pub as_published: bool,
    /// When retained messages are wanted: 0 always, 1 when the subscription is new, 2 never (5).
    pub retained: u8,
}

/// What a client says once it is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet {
    /// SUBSCRIBE.
    Subscribe {
        /// Packet identifier.
        id: u16,
        /// Subscription identifier (5).
        mark: Option<u32>,
        /// Its filters.
        wishes: Vec<Wish>,
    },
    /// UNSUBSCRIBE.
    Unsubscribe {
        /// Packet identifier.
        id: u16,
        /// Its filters.
        filters: Vec<String>,
    },
    /// PUBACK.
    Ack,
    /// PINGREQ.
    Ping,
    /// PUBLISH: of what it says, only what the answer needs.
    Publish {
        /// QoS, 0 to 2.
        qos: u8,
        /// Packet identifier; 0 with QoS 0.
        id: u16,
    },
    /// DISCONNECT.
    Disconnect,
    /// AUTH (5), which was not agreed on.
    Auth,
}

/// The first packet of these bytes: its first byte, where its fields begin and where it ends. `None` while it is not whole.
pub fn split(bytes: &[u8]) -> Result<Option<(u8, usize, usize)>, Broken> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    let mut length = 0_usize;
    for at in 0..4_usize {
        let Some(&byte) = bytes.get(1 + at) else { return Ok(None) };
        length |= usize::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            if byte == 0 && at > 0 {
                return Err(Broken::Length);
            }
            let end = 2 + at + length;
            if end > PACKET_BYTES_MAX {
                return Err(Broken::TooLarge);
            }
            return Ok((bytes.len() >= end).then_some((first, 2 + at, end)));
        }
    }
    Err(Broken::Length)
}

/// Reads a CONNECT (3.1 in both). `fields` is what follows its head.
pub fn connect(first: u8, fields: &[u8]) -> Result<Connect, NoConnect> {
    if first != 0x10 {
        return Err(Broken::Order.into());
    }
    let mut reader = Reader::new(fields);
    let protocol = reader.text()?;
    let level = reader.byte()?;
    let version = match (protocol, level) {
        ("MQTT", 4) => Version::Three,
        ("MQTT", 5) => Version::Five,
        ("MQTT" | "MQIsdp", other) => return Err(NoConnect::Level(other)),
        _ => return Err(Broken::Fields.into()),
    };
    let flags = reader.byte()?;
    let (user, password, will, clean) = (flags & 0x80 != 0, flags & 0x40 != 0, flags & 0x04 != 0, flags & 0x02 != 0);
    let will_qos = (flags >> 3) & 0x03;
    let without_will = !will && flags & 0x38 != 0;
    if flags & 0x01 != 0 || will_qos == 3 || without_will || (version == Version::Three && password && !user) {
        return Err(Broken::Fields.into());
    }
    let keep_alive_s = reader.two()?;
    let mut connect = Connect {
        version,
        clean,
        will,
        keep_alive_s,
        client: String::new(),
        password: None,
        session_expiry_s: 0,
        receive_max: u16::MAX,
        packet_max: u32::MAX,
        reasons: true,
        other_auth: false,
    };
    if version == Version::Five {
        read_properties(&mut reader, &[0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27], |id, value| {
            match id {
                0x11 => connect.session_expiry_s = value,
                0x15 => connect.other_auth = true,
                0x17 | 0x19 if value > 1 => return Err(Broken::Property),
                0x17 => connect.reasons = value == 1,
                0x21 => connect.receive_max = u16::try_from(value).ok().filter(|n| *n > 0).ok_or(Broken::Property)?,
                0x27 => connect.packet_max = Some(value).filter(|n| *n > 0).ok_or(Broken::Property)?,
                _ => {}
            }
            Ok(())
        })?;
    }
    reader.text()?.clone_into(&mut connect.client);
    if will {
        if version == Version::Five {
            read_properties(&mut reader, &[0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26], |_, _| Ok(()))?;
        }
        reader.text()?;
        reader.binary()?;
    }
    if user {
        reader.text()?;
    }
    if password {
        connect.password = Some(reader.binary()?.to_vec());
    }
    reader.end()?;
    Ok(connect)
}

/// Reads any later packet. `fields` is what follows its head.
pub fn read(version: Version, first: u8, fields: &[u8]) -> Result<Packet, Broken> {
    let five = version == Version::Five;
    let mut reader = Reader::new(fields);
    let packet = match first {
        0x30..=0x3F => {
            let (qos, again) = ((first >> 1) & 0x03, first & 0x08 != 0);
            if qos == 3 || (qos == 0 && again) {
                return Err(Broken::Head);
            }
            reader.text()?;
            let id = if qos > 0 { reader.id()? } else { 0 };
            // Properties and payload are nobody's here.
            return Ok(Packet::Publish { qos, id });
        }
        0x40 => {
            reader.id()?;
            if five && !reader.is_empty() {
                reader.byte()?;
                if !reader.is_empty() {
                    read_properties(&mut reader, &[0x1F, 0x26], |_, _| Ok(()))?;
                }
            }
            Packet::Ack
        }
        0x82 => {
            let id = reader.id()?;
            let mut mark = None;
            if five {
                read_properties(&mut reader, &[0x0B, 0x26], |id, value| {
                    if id == 0x0B {
                        mark = Some(value).filter(|mark| *mark > 0);
                        mark.ok_or(Broken::Property)?;
                    }
                    Ok(())
                })?;
            }
            let mut wishes = Vec::new();
            while !reader.is_empty() {
                let filter = reader.text()?.to_owned();
                let options = reader.byte()?;
                let (qos, retained) = (options & 0x03, (options >> 4) & 0x03);
                let reserved = if five { 0xC0 } else { 0xFC };
                if qos == 3 || options & reserved != 0 || retained == 3 {
                    return Err(Broken::Fields);
                }
                wishes.push(Wish { filter, qos, as_published: options & 0x08 != 0, retained });
            }
            if wishes.is_empty() {
                return Err(Broken::Order);
            }
            Packet::Subscribe { id, mark, wishes }
        }
        0xA2 => {
            let id = reader.id()?;
            if five {
                read_properties(&mut reader, &[0x26], |_, _| Ok(()))?;
            }
            let mut filters = Vec::new();
            while !reader.is_empty() {
                filters.push(reader.text()?.to_owned());
            }
            if filters.is_empty() {
                return Err(Broken::Order);
            }
            Packet::Unsubscribe { id, filters }
        }
        0xC0 => Packet::Ping,
        0xE0 => {
            if five && !reader.is_empty() {
                reader.byte()?;
                if !reader.is_empty() {
                    read_properties(&mut reader, &[0x11, 0x1F, 0x26], |_, _| Ok(()))?;
                }
            }
            Packet::Disconnect
        }
        0xF0 if five => return Ok(Packet::Auth),
        // A second CONNECT, what only a server says, and answers to messages of QoS 2, which nobody gets here.
        0x10 | 0x20 | 0x50 | 0x62 | 0x70 | 0x90 | 0xB0 | 0xD0 => return Err(Broken::Order),
        _ => return Err(Broken::Head),
    };
    reader.end()?;
    Ok(packet)
}

#[cfg(test)]
#[path = "packet_tests.rs"]
mod tests;
