//! The gazetteer: every name of the area set in every form it is written in.
//!
//! What comes in: an area set. What goes out: for a key of one to five words the names it can be, with cases.
//! What always holds: a hit is exact. The index keeps hashes only; a hit's forms are made again and compared, so that no
//! text can be made to collide with a place.
//! Deliberately absent: choosing among homonyms; `grammar::place` does that.

use super::decline::{A, ANY, Cases, D, G, I, L, N, cases_of, en, ru, uk};
use super::lexicon::regions::REGIONS;
use super::normalise::key;
use model::{Area, AreaSet, Code, Level};
use std::collections::BTreeMap;

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A town or village.
    Settlement,
    /// A first-level region by a noun of its own ("Сумщина", "Крим", "Київ").
    Region,
    /// An adjective of a first-level region: wants "область".
    RegionAdjective,
    /// A raion by a noun of its own ("Роменщина").
    Raion,
    /// An adjective (or English name) of a raion: wants "район".
    RaionAdjective,
    /// An adjective (or English name) of a hromada: wants "громада".
    HromadaAdjective,
}

/// One name and the areas that bear it.
struct Name {
    class: Class,
    /// Key in Ukrainian; the source of its forms.
    key: String,
    /// Known well enough to be written in Russian: anything but a village that governs nothing.
    russian: bool,
    /// English spellings.
    english: Vec<String>,
    areas: Vec<Code>,
}

struct Entry {
    hash: u64,
    name: u32,
}

/// A name found.
pub(super) struct Hit<'g> {
    pub(super) class: Class,
    pub(super) areas: &'g [Code],
    pub(super) cases: Cases,
}

/// All names of an area set.
pub(super) struct Gazetteer {
    names: Vec<Name>,
    index: Vec<Entry>,
    by_prefix: BTreeMap<&'static str, Code>,
}

/// Places renamed of late: old name, name in the register, first letters of the code.
const RENAMED: &[(&str, &str, &str)] = &[
    ("Дніпропетровськ", "Дніпро", "UA12"),
    ("Дніпродзержинськ", "Кам'янське", "UA12"),
    ("Новомосковськ", "Самар", "UA12"),
    ("Орджонікідзе", "Покров", "UA12"),
    ("Першотравенськ", "Шахтарське", "UA12"),
    ("Кіровоград", "Кропивницький", "UA35"),
    ("Ульяновка", "Благовіщенське", "UA35"),
    ("Южноукраїнськ", "Південноукраїнськ", "UA48"),
    ("Южне", "Південне", "UA51"),
    ("Іллічівськ", "Чорноморськ", "UA51"),
    ("Котовськ", "Подільськ", "UA51"),
    ("Комсомольськ", "Горішні Плавні", "UA53"),
    ("Кузнецовськ", "Вараш", "UA56"),
    ("Первомайський", "Златопіль", "UA63"),
    ("Красноград", "Берестин", "UA63"),
    ("Цюрупинськ", "Олешки", "UA65"),
    ("Новоград-Волинський", "Звягель", "UA18"),
    ("Володимир-Волинський", "Володимир", "UA07"),
    ("Переяслав-Хмельницький", "Переяслав", "UA32"),
    ("Червоноград", "Шептицький", "UA46"),
    ("Дружба", "Хутір-Михайлівський", "UA59"),
    ("Сєвєродонецьк", "Сіверськодонецьк", "UA44"),
    ("Артемівськ", "Бахмут", "UA14"),
    ("Красноармійськ", "Покровськ", "UA14"),
    ("Димитров", "Мирноград", "UA14"),
    ("Дзержинськ", "Торецьк", "UA14"),
    ("Ватутіне", "Багачеве", "UA71"),
    ("Щорс", "Сновськ", "UA74"),
    ("Краснодон", "Сорокине", "UA44"),
];

/// Quarters of cities that posts name as places: they stand for their city.
const QUARTERS: &[(&str, &str, &str)] = &[
    ("Троєщина", "Київ", "UA80"),
    ("Оболонь", "Київ", "UA80"),
    ("Позняки", "Київ", "UA80"),
    ("Осокорки", "Київ", "UA80"),
    ("Дарниця", "Київ", "UA80"),
    ("Нивки", "Київ", "UA80"),
    ("Виноградар", "Київ", "UA80"),
    ("Русанівка", "Київ", "UA80"),
    ("Теремки", "Київ", "UA80"),
    ("Жуляни", "Київ", "UA80"),
    ("Бортничі", "Київ", "UA80"),
    ("Солом'янка", "Київ", "UA80"),
    ("Салтівка", "Харків", "UA63"),
    ("Пересип", "Одеса", "UA51"),
];

impl Gazetteer {
    /// Makes every form of every name once.
    pub(super) fn new(set: &'static AreaSet) -> Self {
        let mut by_key: BTreeMap<(Class, String), Vec<Code>> = BTreeMap::new();
        let mut english: BTreeMap<(Class, String), Vec<String>> = BTreeMap::new();
        let mut by_prefix = BTreeMap::new();
        for area in set.iter() {
            let class = match area.level {
                Level::Settlement if area.category != 'B' => Class::Settlement,
                Level::Raion => Class::RaionAdjective,
                Level::Hromada => Class::HromadaAdjective,
                Level::Oblast => {
                    if let Some(region) = REGIONS.iter().find(|region| area.code.as_str().starts_with(region.prefix)) {
                        by_prefix.insert(region.prefix, area.code);
                    }
                    continue;
                }
                _ => continue,
            };
            let name = (class, key(&area.name_uk));
            let mut spellings = en::forms(&name.1, &area.name_en);
            // English has no adjectives for them: "Konotop district", "Bakhmach community".
            if class == Class::HromadaAdjective
                && let Some(seat) = set.seat(area.code)
            {
                spellings.extend(en::forms(&key(&seat.name_uk), &seat.name_en));
            }
            if class == Class::RaionAdjective
                && let Some(seat) = raion_seat(set, area)
            {
                spellings.extend(en::forms(&key(&seat.name_uk), &seat.name_en));
            }
            let known = english.entry(name.clone()).or_default();
            for spelling in spellings {
                if !known.contains(&spelling) {
                    known.push(spelling);
                }
            }
            if class == Class::RaionAdjective
                && let Some(noun) = raion_noun(&name.1)
            {
                by_key.entry((Class::Raion, noun)).or_default().push(area.code);
            }
            by_key.entry(name).or_default().push(area.code);
        }
        for (old, new, prefix) in RENAMED {
            let bearer = by_key.get(&(Class::Settlement, key(new))).and_then(|codes| {
                let mut inside = codes.iter().filter(|code| code.as_str().starts_with(prefix)).copied();
                let best = inside.clone().find(|code| set.get(*code).is_some_and(|area| area.category == 'M'));
                best.or_else(|| inside.next())
            });
            if let Some(code) = bearer {
                let codes = by_key.entry((Class::Settlement, key(old))).or_default();
                if !codes.contains(&code) {
                    codes.push(code);
                }
                english.entry((Class::Settlement, key(old))).or_default().push(en::romanised(&key(old)));
            }
        }
        for (quarter, city, prefix) in QUARTERS {
            let bearer = by_prefix.get(prefix).copied().filter(|_| *prefix == "UA80").or_else(|| {
                let codes = by_key.get(&(Class::Settlement, key(city)))?;
                codes.iter().find(|code| code.as_str().starts_with(prefix)).copied()
            });
            if let Some(code) = bearer {
                by_key.entry((Class::Settlement, key(quarter))).or_default().push(code);
            }
        }
        let names = by_key
            .into_iter()
            .map(|((class, key), areas)| {
                let known = |code: &Code| {
                    set.get(*code).is_some_and(|a| {
                        a.category != 'C' || a.parent.and_then(|h| set.seat(h)).is_some_and(|s| s.code == *code)
                    })
                };
                let russian = class != Class::HromadaAdjective && areas.iter().any(known);
                let english = english.remove(&(class, key.clone())).unwrap_or_default();
                Name { class, key, russian, english, areas }
            })
            .collect();
        let mut gazetteer = Self { names, index: Vec::new(), by_prefix };
        gazetteer.build();
        gazetteer
    }

    fn build(&mut self) {
        let mut index = Vec::with_capacity(self.names.len() * 24);
        for (at, name) in self.names.iter().enumerate() {
            let Ok(at) = u32::try_from(at) else { break };
            Self::each_form(name, &mut |form, _| index.push(Entry { hash: hash(form), name: at }));
        }
        index.sort_unstable_by_key(|entry| (entry.hash, entry.name));
        index.dedup_by_key(|entry| (entry.hash, entry.name));
        index.shrink_to_fit();
        self.index = index;
    }

    fn each_form(name: &Name, give: &mut dyn FnMut(&str, Cases)) {
        for (form, cases) in uk::forms(&name.key) {
            give(&form, cases);
        }
        if name.russian {
            for (form, cases) in ru::forms(&name.key) {
                give(&form, cases);
            }
        }
        for form in &name.english {
            give(form, ANY);
        }
    }

    /// The names that `words`, one key of words parted by blanks, can be a form of.
    pub(super) fn find(&self, words: &str) -> Vec<Hit<'_>> {
        let wanted = hash(words);
        let from = self.index.partition_point(|entry| entry.hash < wanted);
        let mut hits = Vec::new();
        for entry in self.index.iter().skip(from).take_while(|entry| entry.hash == wanted) {
            let Some(name) = usize::try_from(entry.name).ok().and_then(|at| self.names.get(at)) else { continue };
            let mut cases = 0;
            Self::each_form(name, &mut |form, of| {
                if form == words {
                    cases |= of;
                }
            });
            if cases != 0 {
                hits.push(Hit { class: name.class, areas: &name.areas, cases });
            }
        }
        hits
    }

    /// The first-level regions that `words` can name.
    pub(super) fn find_region(&self, words: &str) -> Vec<(Class, Code, Cases)> {
        let mut hits = Vec::new();
        for region in REGIONS {
            let Some(code) = self.by_prefix.get(region.prefix) else { continue };
            for stem in region.adjectives {
                if let Some(cases) = words.strip_prefix(stem).and_then(adjective_ending) {
                    hits.push((Class::RegionAdjective, *code, cases));
                }
            }
            if region.english.contains(&words) {
                hits.push((Class::RegionAdjective, *code, ANY));
            }
            for stem in region.nouns {
                if let Some(cases) = words.strip_prefix(stem).and_then(noun_ending) {
                    hits.push((Class::Region, *code, cases));
                }
            }
            for (form, cases) in region.forms {
                if *form == words {
                    hits.push((Class::Region, *code, cases_of(cases)));
                }
            }
        }
        hits.dedup();
        hits
    }
}

/// Endings of a feminine adjective in Ukrainian or Russian, singular or plural (for lists).
fn adjective_ending(ending: &str) -> Option<Cases> {
    Some(match ending {
        "а" | "ая" => N,
        "ої" => G,
        "ій" => D | L,
        "ой" => G | D | L | I,
        "у" | "ую" => A,
        "ою" | "ими" => I,
        "і" | "ие" => N | A,
        "их" => G | L,
        "им" => D,
        _ => return None,
    })
}

/// Endings of a feminine noun in `-щина`, in Ukrainian or Russian.
fn noun_ending(ending: &str) -> Option<Cases> {
    Some(match ending {
        "а" => N,
        "и" | "ы" => G,
        "і" | "е" => D | L,
        "у" => A,
        "ою" | "ой" => I,
        _ => return None,
    })
}

/// "роменський" to "роменщина", unless that names a whole region.
fn raion_noun(adjective: &str) -> Option<String> {
    let stem = adjective.strip_suffix("ський")?;
    if stem.contains(' ') || stem.chars().count() < 3 {
        return None;
    }
    let noun = format!("{stem}щин");
    let taken = REGIONS.iter().any(|region| region.nouns.contains(&noun.as_str()));
    (!taken).then(|| format!("{noun}а"))
}

/// The town a raion is named after: the most populous of its towns that begins like its name.
pub(super) fn raion_seat<'a>(set: &'a AreaSet, raion: &Area) -> Option<&'a Area> {
    let adjective = key(&raion.name_uk);
    set.children(raion.code)
        .filter_map(|hromada| set.seat(hromada.code))
        .filter(|seat| named_after(&adjective, &key(&seat.name_uk)))
        .max_by_key(|seat| (seat.category == 'M', seat.population))
}

/// Whether an adjective is made from a name, judged by their common beginning.
pub(super) fn named_after(adjective: &str, name: &str) -> bool {
    let common = adjective.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
    let length = name.chars().count();
    common >= 3 && common + 3 >= length
}

/// FNV-1a, 64 bits.
fn hash(words: &str) -> u64 {
    words.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
