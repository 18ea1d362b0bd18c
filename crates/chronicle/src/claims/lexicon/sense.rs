//! What a word can be to the grammar.

use super::super::claim::{Object, Side};
use crate::quantity::Hedge;

/// What a word does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Sense {
    /// A number of its own.
    Number(u64),
    /// A number that multiplies the one before: dozen, hundred, thousand.
    Mult(u64),
    /// "dozens", "сотні": no number before, and they are a vague one.
    Many(u64),
    /// "several".
    Several,
    /// "half of", "a third of": the number after it is the whole.
    Fraction,
    /// "all but": the number after it is what is left.
    Except,
    /// "не вдалося": what the clause tells did not happen.
    Fail,
    /// "denied that".
    Deny,
    /// "said": who stands before it tells, and does not act.
    Say,
    /// Two people by one noun.
    Pair,
    /// A hedge before its number.
    Hedge(Hedge),
    /// A hedge after its number.
    After(Hedge),
    /// "mostly Shaheds".
    Mostly,
    /// "at least half of them".
    HalfOf,
    /// A weapon by its family.
    Weapon(Family),
    /// A weapon by its name.
    Name(Kindred),
    /// A word that narrows what follows or went before.
    Mod(Kindred),
    /// "private".
    Private,
    /// A word inside a noun phrase that changes nothing.
    Skip,
    /// A thing that can be damaged, or a place that can be hit.
    Thing(Object),
    /// What happens and is counted by itself.
    Event(Object),
    /// Counted, but what it is cannot be known: "targets".
    Vague,
    /// People; whether children, and whether the word only tells the sex.
    Person {
        child: bool,
        gender: bool,
    },
    /// One person by a singular noun.
    One {
        child: bool,
    },
    /// People who come after: counted only where they were hurt themselves.
    Worker,
    /// Counted, and not our business: years, regions, aircraft, rescuers.
    Veto,
    /// A month.
    Month,
    /// "aged".
    Aged,
    /// "year-old", "-річний".
    YearOld,
    /// "-storey".
    Storey,
    /// "times", "разів".
    Times,
    /// "number of times".
    NumberOfTimes,
    /// "rose to": what follows is the number, not a hedge.
    Rose,
    /// What the trigger says happened.
    Act(Act),
    /// A trigger that holds only where no other does.
    Weak(Act),
    /// Grammar.
    Article,
    The,
    Of,
    To,
    Or,
    From,
    And,
    But,
    Subset,
    OfThem,
    Among,
    All,
    Both,
    Nobody,
    Info,
    Each,
    More,
    Others,
    Was,
    Not,
    Unreal,
    Prep,
    Direction,
    /// Who acts; adjective; air defence; whose attack; where the attacked are.
    Side(Side),
    SideAdj(Side),
    Guard(Side),
    Raid(Side),
    Scene(Side),
    /// Words of time.
    Time,
    /// A phrase that is no number: "one another".
    Word,
    /// "a day", "щодоби": how often.
    Rate,
    /// Another war.
    Foreign,
    /// What no weapon did: a road accident, an earthquake.
    Mishap,
    /// "despite", "попри": what follows is set aside.
    Despite,
    /// "earlier reports of": what follows was said before and is withdrawn or grown.
    Earlier,
}

/// What a word is beside its sense: words of grammar that single rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Mark {
    /// "it", "they": who told also acts.
    Teller,
    /// "as", "since": a preposition whose noun is not acted upon.
    Loose,
    /// "by": whose deed.
    By,
    /// "accuses": who follows did it.
    Accuse,
    /// "that", "які": what follows tells of the noun before.
    Relative,
    /// "mother", "жена".
    Kin,
    /// "her", "її".
    Own,
    /// "їх", "them": those spoken of.
    Them,
    /// "лише", "already": stands before a number and changes nothing.
    Only,
    /// "всього", "in all".
    Total,
    /// "attack", "strike": nouns that tell of a launch.
    Blow,
    /// "reached", "долетів".
    Reach,
    /// Singular "-річний": one person's age.
    OneAged,
    /// "another": one more.
    Another,
    /// "не", "not".
    Nay,
    /// "HIMARS": whoever is struck by it, Ukraine fires it.
    Western,
    /// "instances", "випадків": what follows is counted.
    Case,
    /// "більшість": says something only of what a dash or a verb joins to it.
    Most,
}

impl Mark {
    const NAMES: [(&'static str, Self); 18] = [
        ("teller", Self::Teller),
        ("loose", Self::Loose),
        ("by", Self::By),
        ("accuse", Self::Accuse),
        ("relative", Self::Relative),
        ("kin", Self::Kin),
        ("own", Self::Own),
        ("them", Self::Them),
        ("only", Self::Only),
        ("total", Self::Total),
        ("blow", Self::Blow),
        ("reach", Self::Reach),
        ("one-aged", Self::OneAged),
        ("another", Self::Another),
        ("nay", Self::Nay),
        ("western", Self::Western),
        ("case", Self::Case),
        ("most", Self::Most),
    ];

    /// The mark of a header.
    pub(in super::super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(it, _)| *it == name).map(|(_, mark)| *mark)
    }

    pub(in super::super) fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// Families of weapons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Family {
    Drone,
    Missile,
    Bomb,
    Guided,
    Rocket,
}

/// What narrows a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kindred {
    Shahed,
    Strike,
    Decoy,
    Recon,
    Fpv,
    Cruise,
    Ballistic,
    Aero,
    AntiAir,
    AnyMissile,
    Guided,
    Other,
}

/// What a trigger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Act {
    Launch,
    /// "recorded": what is recorded, other words tell.
    Note,
    Down,
    /// "destroyed": what, decides whether stopped or damaged.
    Destroy,
    Lose,
    Hit,
    /// A strike or shelling that was counted: places that it came to were hit.
    Blow,
    Harm,
    Wreck,
    Kill,
    Wound,
    /// "постраждали": people are wounded, things damaged.
    Suffer,
    /// "casualties": killed or wounded, nobody knows.
    Casualty,
    Missing,
    Rescue,
    Airborne,
    Left,
    Unstopped,
    Debris,
    Power,
    Breach,
    Shell,
    /// Evacuated, in hospital: not a claim.
    Aside,
}
