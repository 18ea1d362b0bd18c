//! MQTT 3.1.1 and 5: what the server says. Each function appends one packet.

use super::packet::{PACKET_BYTES_MAX, Version};

/// A message to send.
#[derive(Debug, Clone, Copy)]
pub struct Publish<'a> {
    /// Topic.
    pub topic: &'a str,
    /// Content.
    pub payload: &'a [u8],
    /// Whether it is told as kept from before.
    pub retain: bool,
    /// Packet identifier of a message of QoS 1; `None`: QoS 0.
    pub id: Option<u16>,
    /// Subscription identifiers (5).
    pub marks: &'a [u32],
}

fn variable(bytes: &mut Vec<u8>, mut value: usize) {
    loop {
        let byte = u8::try_from(value & 0x7F).unwrap_or_default();
        value >>= 7;
        bytes.push(if value > 0 { byte | 0x80 } else { byte });
        if value == 0 {
            return;
        }
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(text.as_bytes().get(..usize::from(length)).unwrap_or_default());
}

fn packet(bytes: &mut Vec<u8>, first: u8, fields: &[u8]) {
    bytes.push(first);
    variable(bytes, fields.len());
    bytes.extend_from_slice(fields);
}

/// PUBLISH (3.3). Returns the packet's length in bytes.
pub fn publish(bytes: &mut Vec<u8>, version: Version, message: Publish<'_>) -> usize {
    let from = bytes.len();
    let mut marks = Vec::new();
    if version == Version::Five {
        for mark in message.marks {
            marks.push(0x0B);
            variable(&mut marks, *mark as usize);
        }
        let mut properties = Vec::with_capacity(marks.len() + 2);
        variable(&mut properties, marks.len());
        properties.append(&mut marks);
        marks = properties;
    }
    bytes.push(0x30 | u8::from(message.retain) | u8::from(message.id.is_some()) << 1);
    let id = message.id.map(u16::to_be_bytes);
    let id = id.as_ref().map_or(&[][..], |id| id);
    variable(bytes, 2 + message.topic.len() + id.len() + marks.len() + message.payload.len());
    text(bytes, message.topic);
    bytes.extend_from_slice(id);
    bytes.extend_from_slice(&marks);
    bytes.extend_from_slice(message.payload);
    bytes.len() - from
}

/// CONNACK that says yes (3.2). No session is kept, and that is said: not present, and expiring at once.
pub fn welcome(version: Version, assigned: Option<&str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    match version {
        Version::Three => packet(&mut bytes, 0x20, &[0, 0]),
        Version::Five => {
            let mut properties = vec![0x11, 0, 0, 0, 0];
            // QoS 1 at most, the longest packet, no shared subscriptions.
            properties.extend([0x24, 1, 0x27]);
            properties.extend(u32::try_from(PACKET_BYTES_MAX).unwrap_or(u32::MAX).to_be_bytes());
            properties.extend([0x2A, 0]);
            if let Some(assigned) = assigned {
                properties.push(0x12);
                text(&mut properties, assigned);
            }
            let mut fields = vec![0, 0];
            variable(&mut fields, properties.len());
            fields.append(&mut properties);
            packet(&mut bytes, 0x20, &fields);
        }
    }
    bytes
}

/// CONNACK that says no, with the code of the version that is spoken, and in 5 the reason in words.
pub fn unwelcome(version: Version, code: u8, why: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    match version {
        Version::Three => packet(&mut bytes, 0x20, &[0, code]),
        Version::Five => packet(&mut bytes, 0x20, &reasoned(&[0, code], why)),
    }
    bytes
}

/// These fields, then a reason string as the only property (5).
fn reasoned(fields: &[u8], why: &str) -> Vec<u8> {
    let mut properties = vec![0x1F];
    text(&mut properties, why);
    let mut all = fields.to_vec();
    variable(&mut all, properties.len());
    all.append(&mut properties);
    all
}

/// SUBACK (3.9): a code for each filter; `why` says in words why some were refused (5).
pub fn subscribed(bytes: &mut Vec<u8>, version: Version, id: u16, codes: &[u8], why: Option<&str>) {
    acked(bytes, 0x90, version, id, codes, why);
}

/// UNSUBACK (3.11): in 5 a code for each filter.
pub fn unsubscribed(bytes: &mut Vec<u8>, version: Version, id: u16, codes: &[u8]) {
    let codes = if version == Version::Five { codes } else { &[] };
    acked(bytes, 0xB0, version, id, codes, None);
}

fn acked(bytes: &mut Vec<u8>, first: u8, version: Version, id: u16, codes: &[u8], why: Option<&str>) {
    let mut fields = id.to_be_bytes().to_vec();
    match (version, why) {
        (Version::Three, _) => {}
        (Version::Five, Some(why)) => fields = reasoned(&fields, why),
        (Version::Five, None) => fields.push(0),
    }
    fields.extend_from_slice(codes);
    packet(bytes, first, &fields);
}

/// PINGRESP (3.13).
pub fn pong(bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&[0xD0, 0]);
}

/// PUBACK that refuses a message (5, section 3.4).
pub fn refused(bytes: &mut Vec<u8>, id: u16, code: u8, why: Option<&str>) {
    let [high, low] = id.to_be_bytes();
    let fields = why.map_or_else(|| vec![high, low, code], |why| reasoned(&[high, low, code], why));
    packet(bytes, 0x40, &fields);
}

/// DISCONNECT of a server (5, section 3.14); in 3.1.1 a server just closes.
pub fn goodbye(bytes: &mut Vec<u8>, version: Version, code: u8, why: &str) {
    if version == Version::Five {
        packet(bytes, 0xE0, &reasoned(&[code], why));
    }
}
