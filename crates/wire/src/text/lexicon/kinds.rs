//! Words for what flies.

use super::Plurality::{Either, Many, Mass, One};
use super::Sense::{self, Kind, Narrow};
use super::{Narrow as N, Plurality};
use model::ThreatKind as K;

const fn kind(kind: K, plurality: Plurality) -> Sense {
    Kind(kind, plurality)
}

/// Kinds and the adjectives that narrow them.
pub(crate) const KINDS: &[(&str, Sense)] = &[
    // Drones.
    ("бпла|бпа|блпа", kind(K::Uav, Either)),
    ("безпілотник|безпілотника|безпілотнику|безпілотником", kind(K::Uav, One)),
    ("безпілотники|безпілотників|безпілотникам|безпілотниками|безпілотниках", kind(K::Uav, Many)),
    ("беспилотник|беспилотника|беспилотнику|беспилотником", kind(K::Uav, One)),
    ("беспилотники|беспилотников|беспилотникам|беспилотниками", kind(K::Uav, Many)),
    ("безпілотний літальний апарат", kind(K::Uav, One)),
    ("безпілотні|безпілотних|безпілотними літальн* апарат*", kind(K::Uav, Many)),
    ("дрон|дрона|дрону|дроном|дроні", kind(K::Uav, One)),
    ("дрони|дронів|дронам|дронами|дронах|дроны|дронов", kind(K::Uav, Many)),
    ("дронова|дронову|дронової|дроновій|дроновою|дронная|дронную|дронной", kind(K::Uav, Mass)),
    ("шахед|шахеда|шахеду|шахедом|шахєд|шахид", kind(K::Uav, One)),
    ("шахеди|шахедів|шахедам|шахедами|шахедах|шахеды|шахедов|шахіди|шахедики|шахедиків", kind(K::Uav, Many)),
    ("шахед-131|шахед-136|shahed-131|shahed-136", kind(K::Uav, Either)),
    (
        "shahed|geran|geran-2|герань-2|герань|герані|герани|гераней|гераню|геранню|геранями|геранях",
        kind(K::Uav, Either),
    ),
    ("гербера|гербери|gerbera|гербер|герберу|герберы|пародія|parody|імітатор*", kind(K::Uav, Either)),
    ("shaheds", kind(K::Uav, Many)),
    ("молнія|молнії|молнія-2", kind(K::Uav, Either)),
    ("камікадзе|дрон-камікадзе|дрона-камікадзе|дроном-камікадзе|дрон-камикадзе", kind(K::Uav, One)),
    ("дрони-камікадзе|дронів-камікадзе|дронами-камікадзе|дроны-камикадзе|дронов-камикадзе", kind(K::Uav, Many)),
    ("мопед|мопеда|мопеду|мопедом|балалайка|газонокосарка", kind(K::Uav, One)),
    ("мопеди|мопедів|мопедам|мопедами|мопеды|мопедов|балалайки|балалайок|балалаек", kind(K::Uav, Many)),
    ("uav|drone|moped", kind(K::Uav, One)),
    ("uavs|drones|mopeds", kind(K::Uav, Many)),
    ("strike|attack|enemy|kamikaze drone|uav", kind(K::Uav, One)),
    ("strike|attack|enemy|kamikaze drones|uavs", kind(K::Uav, Many)),
    ("unmanned aerial vehicle", kind(K::Uav, One)),
    ("unmanned aerial vehicles", kind(K::Uav, Many)),
    ("герань-3|geran-3|герань-5|geran-5|шахед-238|shahed-238", kind(K::JetUav, Either)),
    ("реактив|реактивчик", kind(K::JetUav, One)),
    ("реактиви|реактивів", kind(K::JetUav, Many)),
    ("дрон-розвідник|розвідник|розвідника|дрон-разведчик|разведчик|розвіддрон", kind(K::ReconUav, One)),
    (
        "розвідники|розвідників|дрони-розвідники|разведчики|разведчиков|розвіддрони|розвіддронів",
        kind(K::ReconUav, Many),
    ),
    ("орлан|орлан-10|зала|zala|supercam|суперкам|орлан-30|ланцет-розвідник", kind(K::ReconUav, One)),
    ("fpv|fpv-дрон|фпв|фпв-дрон|fpv-дрона|фпв-дрона|ланцет|ланцета|lancet", kind(K::Fpv, One)),
    ("fpv дрон|дрона|drone", kind(K::Fpv, One)),
    ("fpv дрони|дронів|drones|дроны|дронов", kind(K::Fpv, Many)),
    ("fpv-дрони|фпв-дрони|fpv-дронів|фпв-дронів|ланцети|ланцетів|fpv-дроны|fpvs", kind(K::Fpv, Many)),
    // Missiles.
    ("ракета|ракету|ракетою|ракеті|ракетой|missile|rocket", kind(K::Missile, One)),
    ("ракети|ракеты|ракет|ракетами|ракетам|ракетах|missiles|rockets", kind(K::Missile, Many)),
    (
        "ракетна|ракетну|ракетної|ракетній|ракетною|ракетная|ракетную|ракетной|ракетного|ракетний",
        kind(K::Missile, Mass),
    ),
    ("швидкісна|швидкісну|швидкісної|скоростная|скоростную ціль|цілі|цель", kind(K::Missile, One)),
    ("швидкісні|швидкісних|скоростные|скоростных цілі|цілей|цели|целей", kind(K::Missile, Many)),
    ("high-speed|fast|speed target|object", kind(K::Missile, One)),
    ("high-speed|fast|speed targets|objects", kind(K::Missile, Many)),
    ("high speed target", kind(K::Missile, One)),
    ("high speed targets", kind(K::Missile, Many)),
    ("кр", kind(K::CruiseMissile, Either)),
    (
        "крилата|крилату|крилатої|крилатою|крылатая|крылатую|крылатой|cruise ракета|ракету|ракети|ракетою|ракеты|ракетой|missile",
        kind(K::CruiseMissile, One),
    ),
    (
        "крилаті|крилатих|крилатими|крылатые|крылатых|крылатыми|cruise ракети|ракет|ракетами|ракеты|missiles",
        kind(K::CruiseMissile, Many),
    ),
    ("калібр|калібру|калибр|калибра|kalibr|калібром", kind(K::CruiseMissile, Either)),
    ("калібри|калібрів|калибры|калибров|калібрами|kalibrs|kalibr-type", kind(K::CruiseMissile, Many)),
    (
        "х-101|x-101|х101|x101|х-555|x-555|х-55|х-55см|х-59|x-59|х59|х-69|x-69|х69|kh-101|kh-59|kh-69|kh-555|kh-55|іскандер-к|искандер-к|iskander-k|х-59/69|х-35|x-35|х-31|x-31|х-31п",
        kind(K::CruiseMissile, Either),
    ),
    ("онікс|оникс|oniks|оніксу|онікси|оніксів|р-360|р-500", kind(K::CruiseMissile, Either)),
    (
        "балістика|балістики|балістику|балістикою|балістиці|баллистика|баллистики|баллистику|баллистикой",
        kind(K::BallisticMissile, Mass),
    ),
    ("ballistics|ballistic", kind(K::BallisticMissile, Mass)),
    (
        "балістична|балістичну|балістичної|балістичною|баллистическая|баллистическую|ballistic ракета|ракету|ракети|ракетою|missile|target|ціль|цель",
        kind(K::BallisticMissile, One),
    ),
    (
        "балістичні|балістичних|балістичними|баллистические|баллистических|баллистическими|ballistic ракети|ракет|ракетами|ракеты|missiles|цілі|цілей|targets",
        kind(K::BallisticMissile, Many),
    ),
    (
        "балістичне|балістичного|балістичним|баллистическое|баллистического|ballistic озброєння|озброєнням|вооружение|вооружения|weapons",
        kind(K::BallisticMissile, Mass),
    ),
    (
        "іскандер|іскандера|іскандеру|іскандер-м|искандер|искандер-м|искандера|iskander|iskander-m|кинджал|кинджала|кинджалу|кинжал|кинжала|kinzhal|kn-23|кн-23|х-47|х-47м2|x-47|циркон|циркона|цирконом|іскандером|кинджалом|цирконами|искандером|кинжалом|zircon|орєшнік|орешник|oreshnik|точка-у|аеробалістична|аеробалістичну|х-22|x-22|х-32|x-32",
        kind(K::BallisticMissile, Either),
    ),
    (
        "іскандери|іскандерів|искандеры|искандеров|кинджали|кинджалів|кинжалы|кинжалов|циркони|цирконів|цирконы|iskanders|kinzhals|аеробалістичні|аеробалістичних|гіперзвукові|гіперзвукових",
        kind(K::BallisticMissile, Many),
    ),
    ("гіперзвук|гиперзвук|аеробалістика", kind(K::BallisticMissile, Mass)),
    ("с-300|с-400|s-300|s-400|с300|с400", kind(K::BallisticMissile, Either)),
    // Bombs.
    ("каб|каба|кабом|каб-500|каб-250|фаб|умпк|умпб|kab", kind(K::GuidedBomb, Either)),
    ("каби|кабів|кабами|кабам|кабах|каб-ів|каб-и|кабы|кабов|фаби|фабів|kabs|умпб", kind(K::GuidedBomb, Many)),
    (
        "керована|керовану|керованої|guided|glide авіабомба|авіабомбу|бомба|бомбу|бомби|авіабомби|bomb",
        kind(K::GuidedBomb, One),
    ),
    ("керовані|керованих|керованими авіабомби|авіабомб|авіабомбами|бомби|бомб|бомбами", kind(K::GuidedBomb, Many)),
    ("керовані|керованих|керованими авіаційні|авіаційних|авіаційними бомби|бомб|бомбами", kind(K::GuidedBomb, Many)),
    ("керована|керовану|керованої авіаційна|авіаційну|авіаційної бомба|бомбу|бомби", kind(K::GuidedBomb, One)),
    ("управляемые|управляемых|управляемыми авиабомбы|авиабомб|авиабомбами|бомбы|бомб", kind(K::GuidedBomb, Many)),
    ("управляемые|управляемых авиационные|авиационных бомбы|бомб", kind(K::GuidedBomb, Many)),
    ("guided|glide|glided bombs", kind(K::GuidedBomb, Many)),
    ("guided aerial|air|aviation bombs", kind(K::GuidedBomb, Many)),
    ("guided aerial|air|aviation bomb", kind(K::GuidedBomb, One)),
    ("авіабомби|авіабомб|авіабомбами|авиабомбы|авиабомб", kind(K::GuidedBomb, Many)),
    ("авіаційних|авіаційні|авиационных|авиационные засобів|засоби|средств ураження|поражения", kind(K::Aviation, Mass)),
    // Aircraft.
    (
        "тактична|тактичної|тактичну|тактичній|тактичною|стратегічна|стратегічної|стратегічну|стратегічною авіація|авіації|авіацію|авіацією",
        kind(K::Aviation, Mass),
    ),
    (
        "тактическая|тактической|тактическую|стратегическая|стратегической|стратегическую авиация|авиации|авиацию|авиацией",
        kind(K::Aviation, Mass),
    ),
    ("tactical|strategic|enemy aviation|aircraft|bombers|bomber", kind(K::Aviation, Mass)),
    ("авіація|авіації|авіацію|авіацією|авиация|авиации|авиацию|aviation", kind(K::Aviation, Mass)),
    (
        "тактики|тактика|стратеги|стратегів|бомбардувальник*|бомбардировщик*|bomber|bombers|борти|бортів|борта",
        kind(K::Aviation, Mass),
    ),
    (
        "ту-95|ту-95мс|ту-22м3|ту-22|ту-160|tu-95|tu-95ms|tu-22m3|tu-160|су-34|су-35|су-24|су-30|су-57|su-34|su-35|ту95",
        kind(K::Aviation, Mass),
    ),
    ("міг-31к|міг-31|міг31к|міг31|миг-31к|миг-31|mig-31k|mig-31|mig31k|міг|миг", kind(K::Mig31k, Either)),
    ("міг-и|міги|мігів|миги|мигов|мігах|мігам|міг-ів|migs", kind(K::Mig31k, Many)),
    // Artillery and the rest.
    (
        "артилерія|артилерії|артилерію|артобстріл|артобстрілу|артобстріли|артобстрілів|артиллерия|артиллерии|артобстрел|артобстрела|рсзв|рсзо|artillery",
        kind(K::Artillery, Mass),
    ),
    ("ціль|цілі|target|цель", kind(K::Unknown, One)),
    ("цілей|targets|целей|цели", kind(K::Unknown, Many)),
    // Adjectives.
    (
        "реактивний|реактивного|реактивному|реактивна|реактивну|реактивный|реактивная|реактивную|jet|jet-powered|jet-engine|jet-engined|реактивним",
        Narrow(N::Jet, Plurality::One),
    ),
    ("реактивні|реактивних|реактивними|реактивные|реактивных|реактивными", Narrow(N::Jet, Plurality::Many)),
    (
        "розвідувальний|розвідувального|розвідувальним|разведывательный|разведывательного|reconnaissance|recon|surveillance",
        Narrow(N::Recon, Plurality::One),
    ),
    (
        "розвідувальні|розвідувальних|розвідувальними|разведывательные|разведывательных",
        Narrow(N::Recon, Plurality::Many),
    ),
    ("крилата|крилату|крилатої|крилатою|крылатая|крылатую|cruise", Narrow(N::Cruise, Plurality::One)),
    ("крилаті|крилатих|крилатими|крылатые|крылатых|крылатыми", Narrow(N::Cruise, Plurality::Many)),
    (
        "балістична|балістичну|балістичної|балістичною|балістичній|балістичного|балістичне|баллистическая|баллистическую|баллистической",
        Narrow(N::Ballistic, Plurality::One),
    ),
    ("балістичні|балістичних|балістичними|баллистические|баллистических", Narrow(N::Ballistic, Plurality::Many)),
    ("керована|керовану|управляемая", Narrow(N::Guided, Plurality::One)),
    ("керовані|керованих|керованими|управляемые|управляемых|guided", Narrow(N::Guided, Plurality::Many)),
    ("ударний|ударного|ударному|ударным|ударный|ударним|strike", Narrow(N::Strike, Plurality::One)),
    ("ударні|ударних|ударними|ударные|ударных|ударными", Narrow(N::Strike, Plurality::Many)),
];
