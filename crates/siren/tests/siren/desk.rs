//! What the sender believes of whom.

use super::{id, own, said, server};
use siren::{
    Action, Answer, Beat, Body, Command, Desk, DeviceId, Envelope, Keys, News, Number, Outcome, Pulse, Reach, Refused,
    State, Terms, World,
};

const NOW_MS: u64 = 1_795_000_000_000;
const UNREACHABLE_MS: u64 = 30_000;

fn keys() -> Keys {
    Keys::new(World::Actual, [(id(), own().public())])
}

fn desk() -> Desk {
    Desk::new(Terms { world: World::Actual, unreachable_ms: UNREACHABLE_MS }, [id()])
}

fn signed(body: Body) -> Vec<u8> {
    Envelope { world: World::Actual, device: id(), body }.sign(&own())
}

fn beat(heard_at_ms: u64) -> Beat {
    Beat { nonce: 7, heard_at_ms, last: Number::default(), state: State::Quiet, clock_ms: 0, refused: 0 }
}

fn command(entry: u64) -> Command {
    let number = Number { decided_at_ms: NOW_MS, entry };
    Command { number, expires_at_ms: NOW_MS + 60_000, action: Action::Sound { run_s: 60 } }
}

fn take(desk: &mut Desk, now_ms: u64, body: Body) -> Vec<News> {
    let mut news = Vec::new();
    desk.take(now_ms, keys().open(id(), &signed(body)).unwrap(), &mut news).unwrap();
    news
}

fn reach(desk: &Desk, now_ms: u64) -> Reach {
    desk.view(now_ms, id()).unwrap().reach
}

#[test]
fn what_no_device_of_ours_signed_is_named_and_not_taken() {
    let answer = Body::Answer(Answer { number: Number::default(), outcome: Outcome::Old, until_ms: 0 });
    let other = DeviceId::new("other").unwrap();
    let as_device = |world, device| Envelope { world, device, body: answer }.sign(&own());
    let cases = [
        ("unknown", keys().open(other, &signed(answer))),
        ("signature", keys().open(id(), &said(answer))),
        ("world", keys().open(id(), &as_device(World::Exercise, id()))),
        ("device", keys().open(id(), &as_device(World::Actual, other))),
        ("kind", keys().open(id(), &signed(Body::Pulse(Pulse { at_ms: 1, nonce: 1 })))),
        ("form", keys().open(id(), b"alive")),
    ];
    for (name, found) in cases {
        assert_eq!(found.err().map(Refused::name), Some(name));
    }
}

#[test]
fn a_server_whose_clock_was_put_back_finds_its_devices_again() {
    let mut desk = desk();
    let earlier = NOW_MS + 3_600_000;
    let last = Number { decided_at_ms: earlier, entry: 3 };
    let future = Body::Beat(Beat { last, ..beat(earlier) });
    let said = keys().open(id(), &signed(future)).unwrap();
    assert_eq!(desk.take(NOW_MS, said, &mut Vec::new()), Err(Refused::Future));
    assert_eq!(reach(&desk, NOW_MS), Reach::Unreachable);
    // It is answered all the same, and comes back with what it then heard.
    assert_eq!(desk.due(NOW_MS, &mut Vec::new()).len(), 1);
    take(&mut desk, NOW_MS + 10, Body::Beat(Beat { last, ..beat(NOW_MS) }));
    assert_eq!(reach(&desk, NOW_MS + 10), Reach::Ahead, "as far as is known");
    // The record has gone so far: the next number is above it.
    desk.reached(earlier);
    assert_eq!(reach(&desk, NOW_MS + 10), Reach::Reachable);
}

#[test]
fn a_device_is_reachable_only_while_it_proves_that_it_hears_us() {
    let mut desk = desk();
    assert_eq!(reach(&desk, NOW_MS), Reach::Unreachable, "nobody has been heard yet");
    take(&mut desk, NOW_MS, Body::Beat(beat(0)));
    assert_eq!(reach(&desk, NOW_MS), Reach::Unreachable, "it speaks and hears nothing");
    take(&mut desk, NOW_MS, Body::Beat(beat(NOW_MS - UNREACHABLE_MS - 1)));
    assert_eq!(reach(&desk, NOW_MS), Reach::Unreachable, "it heard us long ago, or somebody kept its words");
    take(&mut desk, NOW_MS + 100, Body::Beat(beat(NOW_MS)));
    assert_eq!(reach(&desk, NOW_MS + UNREACHABLE_MS), Reach::Reachable);
    assert_eq!(reach(&desk, NOW_MS + UNREACHABLE_MS + 1), Reach::Unreachable, "silence");
    take(&mut desk, NOW_MS + 200, Body::Beat(Beat { state: State::Faulty, ..beat(NOW_MS + 150) }));
    assert_eq!(reach(&desk, NOW_MS + 200), Reach::Faulty);
    let ahead = Number { decided_at_ms: NOW_MS + 3_600_000, entry: 0 };
    take(&mut desk, NOW_MS + 300, Body::Beat(Beat { last: ahead, ..beat(NOW_MS + 250) }));
    assert_eq!(reach(&desk, NOW_MS + 300), Reach::Ahead, "it would refuse every command");
    take(&mut desk, NOW_MS + 400, Body::Beat(beat(NOW_MS)));
    assert_eq!(reach(&desk, NOW_MS + 400), Reach::Ahead, "an earlier beat does not take the place of a later one");
}

#[test]
fn a_command_is_sent_until_it_is_confirmed_replaced_or_expired() {
    let (mut desk, mut news) = (desk(), Vec::new());
    let sent = |desk: &mut Desk, now_ms| {
        let commands = desk.due(now_ms, &mut Vec::new());
        let number = |due: &siren::Due| if let Body::Command(it) = due.envelope.body { it.number.entry } else { 0 };
        commands.iter().map(number).collect::<Vec<_>>()
    };
    desk.order(id(), command(1), &mut news);
    let times: Vec<u64> = (0..20_000).step_by(100).filter(|ms| !sent(&mut desk, NOW_MS + ms).is_empty()).collect();
    assert_eq!(times, [0, 1_000, 3_000, 7_000, 12_000, 17_000]);
    desk.order(id(), command(2), &mut news);
    desk.order(id(), command(1), &mut news);
    assert_eq!(sent(&mut desk, NOW_MS + 20_000), [2], "the later takes the place of the earlier");
    // The way is there, and it has not heard of it.
    take(&mut desk, NOW_MS + 20_100, Body::Beat(beat(NOW_MS + 20_050)));
    assert_eq!(sent(&mut desk, NOW_MS + 20_100), [2, 0], "and its question is answered");
    let answer = |entry, outcome| Body::Answer(Answer { number: command(entry).number, outcome, until_ms: 0 });
    assert_eq!(take(&mut desk, NOW_MS + 20_200, answer(2, Outcome::Undecided)), []);
    let confirmed = |entry| News::Confirmed(id(), command(entry).number, Outcome::Sounding);
    assert_eq!(take(&mut desk, NOW_MS + 20_300, answer(1, Outcome::Sounding)), [confirmed(1)], "late, and true");
    assert_eq!(take(&mut desk, NOW_MS + 20_400, answer(2, Outcome::Sounding)), [confirmed(2)]);
    assert_eq!(take(&mut desk, NOW_MS + 20_500, answer(2, Outcome::Sounding)), [], "once");
    assert_eq!((sent(&mut desk, NOW_MS + 30_000), desk.wake_at_ms()), (vec![], None));
    desk.order(id(), command(3), &mut news);
    assert_eq!(desk.due(NOW_MS + 60_000, &mut news), [], "expired");
    assert_eq!(news, [News::Unconfirmed(id(), command(3).number)]);
    // What it says it acted on last confirms too, and a fault does not.
    for (state, news) in
        [(State::Sounding, confirmed(4)), (State::Faulty, News::Failed(id(), command(4).number, Outcome::Faulty))]
    {
        let mut desk = self::desk();
        desk.order(id(), command(4), &mut Vec::new());
        let beat = Beat { last: command(4).number, state, ..beat(NOW_MS) };
        assert_eq!(take(&mut desk, NOW_MS + 10, Body::Beat(beat)), [news]);
    }
    assert_ne!(server().public(), own().public());
}

#[test]
fn a_flood_of_questions_is_answered_within_a_bound() {
    let mut desk = desk();
    for nonce in 0..1_000 {
        take(&mut desk, NOW_MS, Body::Beat(Beat { nonce, ..beat(0) }));
    }
    let pulses = desk.due(NOW_MS, &mut Vec::new());
    assert_eq!(pulses.len(), 4, "the newest");
    assert!(matches!(pulses[3].envelope.body, Body::Pulse(Pulse { nonce: 999, at_ms: NOW_MS })));
}
