//! What never sounds, and what a device says instead.

use super::{id, own, said, server};
use proptest::prelude::*;
use siren::{
    Action, Answer, Body, Channel, Command, Device, DeviceId, Effect, Envelope, Memory, Now, Number, Outcome, Pulse,
    SecretKey, Settings, World,
};

/// The server's time when a device's steady clock shows 0.
const BEGAN_MS: u64 = 1_795_000_000_000;
const HOUR_MS: u64 = 3_600_000;

fn settings() -> Settings {
    let (world, server) = (World::Actual, server().public());
    Settings { device: id(), world, server, key: own(), run_max_ms: 120_000, beat_ms: 10_000 }
}

/// A device in a test: what it kept, and what it did.
struct Bench {
    device: Device,
    kept: Memory,
    mono_ms: u64,
    clock_off_ms: i64,
    nonce: u64,
}

impl Bench {
    fn new(clock_off_ms: i64) -> Self {
        let kept = Memory::new(server().public());
        Self { device: Device::new(settings(), kept), kept, mono_ms: 0, clock_off_ms, nonce: 1000 }
    }

    fn now(&mut self) -> Now {
        self.nonce += 1;
        let clock_ms = Some((BEGAN_MS + self.mono_ms).saturating_add_signed(self.clock_off_ms));
        Now { mono_ms: self.mono_ms, clock_ms, nonce: self.nonce }
    }

    fn note(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        for effect in &effects {
            if let Effect::Keep(bytes) = effect {
                self.kept = Memory::from_bytes(bytes, server().public()).unwrap();
            }
        }
        effects
    }

    fn take(&mut self, bytes: &[u8]) -> Vec<Effect> {
        let (now, mut out) = (self.now(), Vec::new());
        self.device.take(now, bytes, &mut out);
        self.note(out)
    }

    fn wait(&mut self, ms: u64) -> Vec<Effect> {
        self.mono_ms += ms;
        let (now, mut out) = (self.now(), Vec::new());
        self.device.tick(now, &mut out);
        self.note(out)
    }

    /// Begins anew with what was kept, `ms` later.
    fn restart(&mut self, ms: u64) {
        self.mono_ms += ms;
        self.device = Device::new(settings(), self.kept);
    }

    /// Lets it ask, and answers.
    fn sync(&mut self) -> Vec<Effect> {
        let (now, mut out) = (self.now(), Vec::new());
        self.mono_ms += 600;
        self.device.connected(Now { mono_ms: self.mono_ms, ..now }, &mut out);
        let nonce = beats(&out).last().unwrap().nonce;
        let mut effects = self.note(out);
        effects.extend(self.take(&said(Body::Pulse(Pulse { at_ms: BEGAN_MS + self.mono_ms, nonce }))));
        effects
    }
}

fn bodies(effects: &[Effect], wanted: Channel) -> Vec<Body> {
    let sent = effects.iter().filter_map(|effect| match effect {
        Effect::Send { channel, bytes } if *channel == wanted => Some(bytes),
        _ => None,
    });
    sent.map(|bytes| Envelope::open(bytes, &own().public()).unwrap().body).collect()
}

fn beats(effects: &[Effect]) -> Vec<siren::Beat> {
    let beat = |body| if let Body::Beat(beat) = body { Some(beat) } else { None };
    bodies(effects, Channel::Beat).into_iter().filter_map(beat).collect()
}

fn answers(effects: &[Effect]) -> Vec<Answer> {
    let answer = |body| if let Body::Answer(answer) = body { Some(answer) } else { None };
    bodies(effects, Channel::Answer).into_iter().filter_map(answer).collect()
}

fn outcomes(effects: &[Effect]) -> Vec<Outcome> {
    answers(effects).iter().map(|answer| answer.outcome).collect()
}

fn sounds(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Sound { .. }))
}

fn sound(decided_ms: u64, run_s: u16) -> Command {
    let decided_at_ms = BEGAN_MS + decided_ms;
    let number = Number { decided_at_ms, entry: 7 };
    Command { number, expires_at_ms: decided_at_ms + 600_000, action: Action::Sound { run_s } }
}

fn stop(decided_ms: u64) -> Command {
    Command { action: Action::Stop, ..sound(decided_ms, 1) }
}

#[test]
fn a_command_sounds_once_and_its_repetition_is_answered_alike() {
    let mut bench = Bench::new(0);
    bench.sync();
    let bytes = said(Body::Command(sound(0, 60)));
    let first = bench.take(&bytes);
    let kinds: Vec<_> = first.iter().map(std::mem::discriminant).collect();
    let order = [Effect::Keep(Vec::new()), Effect::Sound { number: Number::default(), for_ms: 0, resumed: false }];
    assert_eq!(kinds[..2], order.map(|effect| std::mem::discriminant(&effect)), "kept before it sounds: {first:?}");
    assert_eq!(outcomes(&first), [Outcome::Sounding]);
    for ms in [0, 1, 30_000, 60_000, 500_000] {
        let later = bench.wait(ms);
        assert!(!sounds(&later));
        let again = bench.take(&bytes);
        assert!(!sounds(&again));
        assert_eq!(outcomes(&again), [Outcome::Sounding]);
    }
    bench.restart(1_000);
    let mut after = bench.sync();
    after.extend(bench.take(&bytes));
    assert!(!sounds(&after), "the last number is remembered over a restart");
    assert_eq!(outcomes(&after), [Outcome::Sounding]);
}

#[test]
fn an_earlier_number_never_acts_after_a_later_one() {
    let mut bench = Bench::new(0);
    bench.sync();
    assert_eq!(outcomes(&bench.take(&said(Body::Command(stop(50))))), [Outcome::Stopped]);
    let late = bench.take(&said(Body::Command(sound(40, 60))));
    assert!(!sounds(&late));
    assert_eq!(outcomes(&late), [Outcome::Old]);
    assert!(sounds(&bench.take(&said(Body::Command(sound(60, 60))))));
    assert_eq!(outcomes(&bench.take(&said(Body::Command(stop(55))))), [Outcome::Old]);
    assert!(bench.device.is_sounding(), "a stop of before ends nothing");
}

proptest! {
    #[test]
    fn an_expired_command_never_sounds_whatever_the_own_clock_says(
        off_h in -30_i64..30, late_ms in 0..HOUR_MS * 20, restarts in any::<bool>(),
    ) {
        let mut bench = Bench::new(off_h * i64::try_from(HOUR_MS).unwrap());
        if !restarts {
            bench.sync();
        }
        let command = sound(0, 60);
        bench.wait(600_000 + late_ms);
        if restarts {
            bench.restart(0);
        }
        let mut effects = bench.take(&said(Body::Command(command)));
        effects.extend(bench.sync());
        effects.extend(bench.wait(20_000));
        effects.extend(bench.take(&said(Body::Command(command))));
        effects.extend(bench.sync());
        prop_assert!(!sounds(&effects));
        prop_assert_eq!(outcomes(&effects).pop(), Some(Outcome::Expired));
    }

    #[test]
    fn a_command_in_time_sounds_whatever_the_own_clock_says(off_h in -30_i64..30, at_ms in 0..590_000_u64) {
        let mut bench = Bench::new(off_h * i64::try_from(HOUR_MS).unwrap());
        bench.wait(at_ms);
        // It has just started and knows no time: it asks, and acts by the answer.
        let first = bench.take(&said(Body::Command(sound(0, 60))));
        prop_assert!(!sounds(&first));
        prop_assert_eq!(outcomes(&first), [Outcome::Undecided]);
        let second = bench.sync();
        prop_assert!(sounds(&second));
        let off = second.iter().any(|effect| matches!(effect, Effect::ClockOff(_)));
        prop_assert_eq!(off, off_h != 0, "a wrong clock is said");
        prop_assert_eq!(outcomes(&second), [Outcome::Sounding]);
    }
}

#[test]
fn what_is_not_signed_for_this_device_in_this_world_never_sounds() {
    let command = Body::Command(sound(0, 60));
    let (world, device) = (World::Actual, id());
    let signed = |envelope: Envelope, key: SecretKey| envelope.sign(&key);
    let foreign = SecretKey::from_seed(&[9; 32]);
    let cases = [
        ("signature", signed(Envelope { world, device, body: command }, foreign)),
        ("signature", signed(Envelope { world, device, body: command }, own())),
        ("world", signed(Envelope { world: World::Exercise, device, body: command }, server())),
        ("device", signed(Envelope { world, device: DeviceId::new("konotop-02").unwrap(), body: command }, server())),
        ("kind", said(Body::Answer(Answer { number: sound(0, 1).number, outcome: Outcome::Old, until_ms: 0 }))),
        ("not_asked", said(Body::Pulse(Pulse { at_ms: BEGAN_MS, nonce: 1 }))),
        ("form", b"sound!".to_vec()),
        ("form", Vec::new()),
    ];
    let mut bench = Bench::new(0);
    bench.sync();
    for (why, bytes) in cases {
        assert_eq!(bench.take(&bytes), [Effect::Refused(why)]);
    }
    assert_eq!(beats(&bench.wait(10_000))[0].refused, 8, "who knocks is counted, and told");
}

#[test]
fn no_run_is_longer_than_the_local_maximum_whatever_is_ordered() {
    let mut bench = Bench::new(0);
    bench.sync();
    let began = bench.mono_ms;
    for n in 0..400 {
        bench.take(&said(Body::Command(sound(n + 1, u16::MAX))));
        bench.wait(300);
        if n % 50 == 49 {
            bench.restart(100);
            bench.sync();
        }
        if bench.device.is_sounding() {
            assert!(bench.mono_ms - began <= 120_000, "{} ms without a pause", bench.mono_ms - began);
        }
        if bench.mono_ms - began > 120_000 {
            return;
        }
    }
    panic!("the test ended before the maximum");
}

#[test]
fn a_run_that_a_restart_broke_off_goes_on_to_its_end_and_no_longer() {
    for (away_ms, goes_on) in [(5_000, true), (55_000, true), (61_000, false), (HOUR_MS, false)] {
        let mut bench = Bench::new(0);
        bench.sync();
        assert!(sounds(&bench.take(&said(Body::Command(sound(0, 60))))));
        let ends = bench.mono_ms + 60_000;
        bench.restart(away_ms);
        assert!(!sounds(&bench.wait(0)), "not before the time is known");
        let after = bench.sync();
        assert_eq!(sounds(&after), goes_on, "{away_ms} ms away");
        for effect in after {
            if let Effect::Sound { for_ms, resumed, .. } = effect {
                assert!(resumed && bench.mono_ms + for_ms <= ends);
            }
        }
    }
}

#[test]
fn who_was_to_be_stopped_while_it_was_away_does_not_sound_again() {
    let mut bench = Bench::new(0);
    bench.sync();
    bench.take(&said(Body::Command(sound(0, 60))));
    bench.restart(1_000);
    let mut effects = bench.take(&said(Body::Command(stop(10))));
    effects.extend(bench.sync());
    assert!(!sounds(&effects));
    assert_eq!(outcomes(&effects), [Outcome::Undecided, Outcome::Stopped]);
}

#[test]
fn an_answer_that_took_too_long_proves_no_time() {
    let mut bench = Bench::new(0);
    let asked = bench.wait(0);
    let nonce = beats(&asked)[0].nonce;
    let pulse = said(Body::Pulse(Pulse { at_ms: BEGAN_MS, nonce }));
    bench.mono_ms += 9_000;
    let mut late = Bench { device: bench.device.clone(), ..Bench::new(0) };
    late.mono_ms = 10_001;
    assert!(late.take(&pulse).contains(&Effect::Refused("late_pulse")));
    assert!(!bench.take(&pulse).contains(&Effect::Refused("late_pulse")));
    assert!(bench.take(&pulse).contains(&Effect::Refused("not_asked")), "and it proves it once");
}

#[test]
fn while_it_may_be_too_late_a_command_waits_for_a_surer_time() {
    let mut bench = Bench::new(0);
    let nonce = beats(&bench.wait(0))[0].nonce;
    let command = sound(0, 60);
    // The answer took 9 s: the server's time is anything from its own to 9 s later.
    bench.wait(9_000);
    let at_ms = command.expires_at_ms - 5_000;
    bench.take(&said(Body::Pulse(Pulse { at_ms, nonce })));
    let effects = bench.take(&said(Body::Command(command)));
    assert!(!sounds(&effects), "it may have expired");
    assert_eq!(outcomes(&effects), [Outcome::Undecided]);
}
