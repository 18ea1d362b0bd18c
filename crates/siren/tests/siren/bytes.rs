//! The bytes.

use super::{id, own, said, server};
use proptest::prelude::*;
use siren::{
    Action, Answer, Beat, Body, Command, DeviceId, Envelope, MESSAGE_BYTES_MAX, MessageError, Number, Outcome, Pulse,
    SecretKey, State, World,
};

fn number() -> impl Strategy<Value = Number> {
    (any::<u64>(), any::<u64>()).prop_map(|(decided_at_ms, entry)| Number { decided_at_ms, entry })
}

fn body() -> impl Strategy<Value = Body> {
    let action = prop_oneof![(1..=u16::MAX).prop_map(|run_s| Action::Sound { run_s }), Just(Action::Stop)];
    let outcome = prop_oneof![
        Just(Outcome::Sounding),
        Just(Outcome::Stopped),
        Just(Outcome::Expired),
        Just(Outcome::Old),
        Just(Outcome::Undecided),
        Just(Outcome::Faulty)
    ];
    let state = prop_oneof![Just(State::Quiet), Just(State::Sounding), Just(State::Faulty)];
    prop_oneof![
        (number(), any::<u64>(), action).prop_map(|(number, expires_at_ms, action)| Body::Command(Command {
            number,
            expires_at_ms,
            action
        })),
        (any::<u64>(), any::<u64>()).prop_map(|(at_ms, nonce)| Body::Pulse(Pulse { at_ms, nonce })),
        (number(), outcome, any::<u64>()).prop_map(|(number, outcome, until_ms)| Body::Answer(Answer {
            number,
            outcome,
            until_ms
        })),
        (any::<u64>(), any::<u64>(), number(), state, any::<u64>(), any::<u32>()).prop_map(
            |(nonce, heard_at_ms, last, state, clock_ms, refused)| {
                Body::Beat(Beat { nonce, heard_at_ms, last, state, clock_ms, refused })
            }
        ),
    ]
}

fn envelope() -> impl Strategy<Value = Envelope> {
    let world = prop_oneof![Just(World::Actual), Just(World::Exercise)];
    let device = "[a-z0-9._-]{1,32}".prop_map(|name| DeviceId::new(&name).unwrap());
    (world, device, body()).prop_map(|(world, device, body)| Envelope { world, device, body })
}

proptest! {
    #[test]
    fn what_is_signed_is_read_back(envelope in envelope()) {
        let bytes = envelope.sign(&server());
        prop_assert!(bytes.len() <= MESSAGE_BYTES_MAX);
        prop_assert_eq!(Envelope::open(&bytes, &server().public()), Ok(envelope));
        prop_assert_eq!(Envelope::open(&bytes, &own().public()), Err(MessageError::Signature));
    }

    #[test]
    fn no_bytes_of_strangers_are_a_message(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Envelope::open(&bytes, &server().public()).is_err());
    }

    #[test]
    fn what_is_changed_cut_or_continued_is_none(envelope in envelope(), bit in any::<prop::sample::Index>(), more in 1..9_usize) {
        let bytes = envelope.sign(&server());
        let mut bent = bytes.clone();
        let bit = bit.index(bytes.len() * 8);
        bent[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Envelope::open(&bent, &server().public()).is_err());
        prop_assert!(Envelope::open(&bytes[..bytes.len() - more], &server().public()).is_err());
        prop_assert!(Envelope::open(&[bytes.as_slice(), &vec![0; more]].concat(), &server().public()).is_err());
    }
}

#[test]
fn every_single_bit_of_a_command_is_signed() {
    let number = Number { decided_at_ms: 1_795_000_000_000, entry: 4711 };
    let bytes =
        said(Body::Command(Command { number, expires_at_ms: 1_795_000_600_000, action: Action::Sound { run_s: 180 } }));
    for bit in 0..bytes.len() * 8 {
        let mut bent = bytes.clone();
        bent[bit / 8] ^= 1 << (bit % 8);
        assert!(Envelope::open(&bent, &server().public()).is_err(), "bit {bit}");
    }
}

#[test]
fn the_layout_is_the_one_of_the_reference() {
    let number = Number { decided_at_ms: 0x0102_0304_0506_0708, entry: 9 };
    let command = Command { number, expires_at_ms: 10, action: Action::Sound { run_s: 180 } };
    let bytes = said(Body::Command(command));
    assert_eq!(bytes.len(), 129);
    assert_eq!(&bytes[..6], b"ACS1\x01\x01");
    assert_eq!(&bytes[6..16], b"konotop-01");
    assert_eq!(bytes[16..38], [0; 22]);
    assert_eq!(bytes[38..46], [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(bytes[46..54], [0, 0, 0, 0, 0, 0, 0, 9]);
    assert_eq!(bytes[54..62], [0, 0, 0, 0, 0, 0, 0, 10]);
    assert_eq!(bytes[62..65], [1, 0, 180]);
    let length = |body| said(body).len();
    assert_eq!(length(Body::Pulse(Pulse { at_ms: 1, nonce: 2 })), 118);
    assert_eq!(length(Body::Answer(Answer { number, outcome: Outcome::Old, until_ms: 0 })), 127);
    let beat = Beat { nonce: 1, heard_at_ms: 0, last: number, state: State::Quiet, clock_ms: 0, refused: 0 };
    assert_eq!(length(Body::Beat(beat)), MESSAGE_BYTES_MAX);
}

#[test]
fn only_what_a_device_can_be_called_is_its_name() {
    for good in ["a", "konotop-01", "0.1_2", &"x".repeat(32)] {
        assert_eq!(DeviceId::new(good).unwrap().name(), good);
    }
    for bad in ["", "Konotop", "a/b", "a b", "+", "#", "сирена", &"x".repeat(33)] {
        assert!(DeviceId::new(bad).is_err(), "{bad:?}");
    }
    assert_eq!(id().to_string(), "konotop-01");
    assert!(!format!("{:?}", SecretKey::from_seed(&[3; 32])).contains("AwMD"));
}
