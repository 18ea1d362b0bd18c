//! The reader of packets against examples, broken ones, and bytes of chance.

use super::*;
use crate::deliver::mqtt::speak;
use proptest::prelude::*;

/// A packet of these fields.
fn packet(first: u8, fields: &[u8]) -> Vec<u8> {
    assert!(fields.len() < 128);
    let mut bytes = vec![first, u8::try_from(fields.len()).unwrap()];
    bytes.extend_from_slice(fields);
    bytes
}

fn first(bytes: &[u8]) -> (u8, &[u8]) {
    let (first, from, end) = split(bytes).unwrap().unwrap();
    (first, &bytes[from..end])
}

fn check_connect(fields: &[u8], expected: &Result<Connect, NoConnect>) {
    assert_eq!(connect(0x10, fields), *expected, "{fields:02x?}");
}

fn plain(version: Version, client: &str) -> Connect {
    Connect {
        version,
        clean: true,
        will: false,
        keep_alive_s: 60,
        client: client.to_owned(),
        password: None,
        session_expiry_s: 0,
        receive_max: u16::MAX,
        packet_max: u32::MAX,
        reasons: true,
        other_auth: false,
    }
}

#[test]
fn a_connect_of_either_version_is_read() {
    check_connect(b"\0\x04MQTT\x04\x02\0\x3c\0\x01a", &Ok(plain(Version::Three, "a")));
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\0\0\x01a", &Ok(plain(Version::Five, "a")));
    let keyed = Connect { password: Some(b"pw".to_vec()), ..plain(Version::Three, "") };
    check_connect(b"\0\x04MQTT\x04\xC2\0\x3c\0\0\0\x01u\0\x02pw", &Ok(keyed));
    let willing = Connect { will: true, ..plain(Version::Three, "") };
    check_connect(b"\0\x04MQTT\x04\x06\0\x3c\0\0\0\x01t\0\x02hi", &Ok(willing));
    let wishes = Connect { session_expiry_s: 9, receive_max: 2, packet_max: 256, ..plain(Version::Five, "") };
    let terse = Connect { reasons: false, ..plain(Version::Five, "") };
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\x02\x17\0\0\0", &Ok(terse));
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\x0d\x11\0\0\0\x09\x21\0\x02\x27\0\0\x01\0\0\0", &Ok(wishes));
}

#[test]
fn a_connect_that_breaks_the_protocol_is_named() {
    let broken = |broken| Err(NoConnect::Broken(broken));
    check_connect(b"\0\x06MQIsdp\x03\x02\0\x3c\0\0", &Err(NoConnect::Level(3)));
    check_connect(b"\0\x04MQTT\x06\x02\0\x3c\0\0", &Err(NoConnect::Level(6)));
    check_connect(b"\0\x04HTTP\x04\x02\0\x3c\0\0", &broken(Broken::Fields));
    check_connect(b"\0\x04MQTT\x04\x03\0\x3c\0\0", &broken(Broken::Fields));
    check_connect(b"\0\x04MQTT\x04\x1a\0\x3c\0\0", &broken(Broken::Fields));
    check_connect(b"\0\x04MQTT\x04\x42\0\x3c\0\0\0\x01p", &broken(Broken::Fields));
    check_connect(b"\0\x04MQTT\x04\x02\0\x3c\0\x02\xc3\x28", &broken(Broken::Text));
    check_connect(b"\0\x04MQTT\x04\x02\0\x3c\0\x01\0", &broken(Broken::Text));
    check_connect(b"\0\x04MQTT\x04\x02\0\x3c\0\0more", &broken(Broken::Fields));
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\0\0\0", &broken(Broken::Property));
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\x06\x21\0\x01\x21\0\x01\0\0", &broken(Broken::Property));
    check_connect(b"\0\x04MQTT\x05\x02\0\x3c\x02\x24\x01\0\0", &broken(Broken::Property));
    assert_eq!(connect(0xC0, b""), broken(Broken::Order));
}

#[test]
fn a_length_is_believed_only_within_its_bound() {
    for (bytes, expected) in [
        (&b""[..], Ok(None)),
        (b"\xC0", Ok(None)),
        (b"\xC0\0", Ok(Some((0xC0, 2, 2)))),
        (b"\xC0\x80", Ok(None)),
        (b"\x30\x05ab", Ok(None)),
        (b"\x30\xFF\xFF\xFF\x7F", Err(Broken::TooLarge)),
        (b"\x30\xFF\xFF\xFF\xFF\x01", Err(Broken::Length)),
        (b"\xC0\x80\0", Err(Broken::Length)),
    ] {
        assert_eq!(split(bytes), expected, "{bytes:02x?}");
    }
}

#[test]
fn what_a_client_says_is_read_or_named() {
    use Version::{Five, Three};
    let wish = |qos| Wish { filter: "a".into(), qos, as_published: false, retained: 0 };
    let subscribe = |mark, qos| Ok(Packet::Subscribe { id: 7, mark, wishes: vec![wish(qos)] });
    for (version, bytes, expected) in [
        (Three, packet(0x82, b"\0\x07\0\x01a\x01"), subscribe(None, 1)),
        (Five, packet(0x82, b"\0\x07\0\0\x01a\x02"), subscribe(None, 2)),
        (Five, packet(0x82, b"\0\x07\x02\x0B\x05\0\x01a\0"), subscribe(Some(5), 0)),
        (Five, packet(0x82, b"\0\x07\x02\x0B\0\0\x01a\0"), Err(Broken::Property)),
        (Three, packet(0x82, b"\0\x07"), Err(Broken::Order)),
        (Three, packet(0x82, b"\0\0\0\x01a\0"), Err(Broken::Order)),
        (Three, packet(0x82, b"\0\x07\0\x01a\x04"), Err(Broken::Fields)),
        (Three, packet(0x82, b"\0\x07\0\x01a\x03"), Err(Broken::Fields)),
        (Five, packet(0x82, b"\0\x07\0\0\x01a\x30"), Err(Broken::Fields)),
        (Three, packet(0x82, b"\0\x07\0\x09a\0"), Err(Broken::Fields)),
        (Three, packet(0x80, b"\0\x07\0\x01a\0"), Err(Broken::Head)),
        (Three, packet(0xA2, b"\0\x07\0\x01a"), Ok(Packet::Unsubscribe { id: 7, filters: vec!["a".into()] })),
        (Three, packet(0xA2, b"\0\x07"), Err(Broken::Order)),
        (Three, packet(0x40, b"\0\x07"), Ok(Packet::Ack)),
        (Five, packet(0x40, b"\0\x07\0\0"), Ok(Packet::Ack)),
        (Three, packet(0x40, b"\0\x07\0"), Err(Broken::Fields)),
        (Three, packet(0xC0, b""), Ok(Packet::Ping)),
        (Three, packet(0xC0, b"x"), Err(Broken::Fields)),
        (Three, packet(0xE0, b""), Ok(Packet::Disconnect)),
        (Five, packet(0xE0, b"\x04"), Ok(Packet::Disconnect)),
        (Three, packet(0x30, b"\0\x01ahello"), Ok(Packet::Publish { qos: 0, id: 0 })),
        (Three, packet(0x32, b"\0\x01a\0\x09hello"), Ok(Packet::Publish { qos: 1, id: 9 })),
        (Three, packet(0x36, b"\0\x01a\0\x09"), Err(Broken::Head)),
        (Three, packet(0x38, b"\0\x01a"), Err(Broken::Head)),
        (Three, packet(0x10, b""), Err(Broken::Order)),
        (Five, packet(0xF0, b""), Ok(Packet::Auth)),
        (Three, packet(0xF0, b""), Err(Broken::Head)),
        (Three, packet(0x00, b""), Err(Broken::Head)),
    ] {
        let (first, fields) = first(&bytes);
        assert_eq!(read(version, first, fields), expected, "{version:?} {bytes:02x?}");
    }
}

#[test]
fn what_the_server_says_has_the_bytes_of_the_standard() {
    let mut bytes = Vec::new();
    let message = speak::Publish { topic: "a/b", payload: b"hi", retain: true, id: Some(258), marks: &[200] };
    let length = speak::publish(&mut bytes, Version::Three, message);
    assert_eq!((bytes.as_slice(), length), (&b"\x33\x09\0\x03a/b\x01\x02hi"[..], bytes.len()));
    bytes.clear();
    speak::publish(&mut bytes, Version::Five, message);
    assert_eq!(bytes, b"\x33\x0d\0\x03a/b\x01\x02\x03\x0B\xC8\x01hi");
    bytes.clear();
    speak::publish(&mut bytes, Version::Three, speak::Publish { payload: &[b'x'; 200], id: None, ..message });
    assert_eq!(bytes[..3], [0x31, 0xCD, 0x01]);
    bytes.clear();
    speak::subscribed(&mut bytes, Version::Three, 3, &[1, 0x80], Some("why"));
    speak::subscribed(&mut bytes, Version::Five, 3, &[1, 0x8F], Some("why"));
    speak::unsubscribed(&mut bytes, Version::Three, 4, &[0]);
    speak::unsubscribed(&mut bytes, Version::Five, 4, &[0x11]);
    let expected = [
        &b"\x90\x04\0\x03\x01\x80"[..],
        b"\x90\x0b\0\x03\x06\x1F\0\x03why\x01\x8F",
        b"\xB0\x02\0\x04",
        b"\xB0\x04\0\x04\0\x11",
    ];
    assert_eq!(bytes, expected.concat());
    assert_eq!(speak::welcome(Version::Three, None), b"\x20\x02\0\0");
    assert_eq!(speak::unwelcome(Version::Three, 5, "no"), b"\x20\x02\0\x05");
    assert_eq!(speak::unwelcome(Version::Five, 0x87, "no"), b"\x20\x08\0\x87\x05\x1F\0\x02no");
}

proptest! {
    /// Whatever comes, reading ends, in a packet or in a name, and never reads past the packet.
    #[test]
    fn bytes_of_chance_end_in_a_packet_or_a_name(bytes in prop::collection::vec(any::<u8>(), 0..600), five: bool) {
        let version = if five { Version::Five } else { Version::Three };
        let mut rest = bytes.as_slice();
        while let Ok(Some((first, from, end))) = split(rest) {
            prop_assert!(from <= end && end <= rest.len());
            let _ = connect(first, &rest[from..end]);
            let _ = read(version, first, &rest[from..end]);
            rest = &rest[end..];
        }
    }

    /// A good packet with some bytes changed or cut off is read, or named: nothing else can come of it.
    #[test]
    fn a_good_packet_gone_bad_is_read_or_named(at in 0_usize..60, byte: u8, cut in 0_usize..60) {
        let good: [&[u8]; 3] = [
            b"\0\x04MQTT\x05\xC6\0\x3c\x03\x21\0\x09\0\x01a\0\0\x01t\0\x01w\0\x01u\0\x01p",
            b"\0\x07\x02\x0B\x05\0\x09allclear/#\x01\0\x01+\x00",
            b"\0\x07\x05\x26\0\x01k\0\x01v\0\x01a",
        ];
        for (first, fields) in [0x10, 0x82, 0xA2].into_iter().zip(good) {
            let mut fields = fields.to_vec();
            if let Some(old) = fields.get_mut(at) {
                *old = byte;
            }
            fields.truncate(fields.len().max(cut));
            let _ = connect(first, &fields);
            for version in [Version::Three, Version::Five] {
                if let Ok(Packet::Subscribe { wishes, .. }) = read(version, first, &fields) {
                    prop_assert!(wishes.iter().all(|wish| wish.qos < 3 && !wish.filter.contains('\0')));
                }
            }
        }
    }

    /// However a stream of packets is cut, the same packets come out.
    #[test]
    fn where_bytes_are_cut_does_not_matter(lengths in prop::collection::vec(0_usize..300, 1..8), cut in 1_usize..50) {
        let mut bytes = Vec::new();
        for length in &lengths {
            let payload = vec![b'x'; *length];
            speak::publish(&mut bytes, Version::Three, speak::Publish {
                topic: "t", payload: &payload, retain: false, id: None, marks: &[],
            });
        }
        let (mut partial, mut found) = (Vec::new(), Vec::new());
        for part in bytes.chunks(cut) {
            partial.extend_from_slice(part);
            while let Some((first, from, end)) = split(&partial).unwrap() {
                prop_assert_eq!(first, 0x30);
                found.push(end - from - 3);
                partial.drain(..end);
            }
        }
        prop_assert_eq!(found, lengths);
    }
}
