//! From a service's region (a number and names) to a community of the area set.
//!
//! What comes in: the uid and the names an entry gives. What goes out: the community, or who may hold it.
//! What always holds: a name that fits two communities resolves to none of them; a place is refused, not guessed.
//! The services share one numbering; 9999 is Crimea to ukrainealarm only, 0 is its test region, and the towns that
//! alerts.in.ua numbers beyond its catalogue are found by their names.

use super::Doubt;
use model::{AreaSet, Code, Level};
use std::cell::OnceCell;
use std::collections::BTreeMap;

/// The test region of ukrainealarm ("Тестовий регіон").
pub(crate) const TEST_UID: u32 = 0;
/// Crimea as ukrainealarm numbers it, and as the shared numbering does.
const CRIMEA_UIDS: (u32, u32) = (9999, 29);

/// What an entry says of its region. Any part may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Named<'a> {
    pub(crate) uid: Option<u32>,
    pub(crate) title: Option<&'a str>,
    pub(crate) oblast_uid: Option<u32>,
    pub(crate) oblast: Option<&'a str>,
    pub(crate) raion: Option<&'a str>,
}

/// The communities of an area set by number and by name. Cheap to make; names are sorted at the first that is asked.
#[derive(Debug)]
pub(crate) struct Regions<'a> {
    areas: &'a AreaSet,
    by_uid: BTreeMap<u32, Code>,
    by_name: OnceCell<BTreeMap<(Level, String), Vec<Code>>>,
}

impl<'a> Regions<'a> {
    pub(crate) fn new(areas: &'a AreaSet) -> Self {
        let communities = areas.iter().filter(|area| area.level <= Level::Hromada);
        let by_uid = communities.filter_map(|area| Some((area.uid?, area.code))).collect();
        Self { areas, by_uid, by_name: OnceCell::new() }
    }

    /// The community of that number.
    pub(crate) fn by_uid(&self, uid: u32) -> Option<Code> {
        let uid = if uid == CRIMEA_UIDS.0 { CRIMEA_UIDS.1 } else { uid };
        self.by_uid.get(&uid).copied()
    }

    /// All numbers known, ascending.
    pub(crate) fn uids(&self) -> impl Iterator<Item = (u32, Code)> {
        self.by_uid.iter().map(|(uid, code)| (*uid, *code))
    }

    /// The community an entry names: by its number, else by its names.
    pub(crate) fn resolve(&self, named: Named<'_>) -> Result<Code, Doubt> {
        if let Some(code) = named.uid.and_then(|uid| self.by_uid(uid)) {
            return Ok(code);
        }
        let oblast = self.oblast(named);
        let raion = named.raion.and_then(|name| self.by_title(name, oblast)).filter(|_| oblast.is_some());
        let within = raion.or(oblast);
        let found = named.title.and_then(|title| self.by_title(title, within));
        found.ok_or_else(|| within.map_or(Doubt::Anywhere, Doubt::Within))
    }

    /// The community of a number, else the only one of that title inside `within` (the whole country when `None`).
    pub(crate) fn resolve_within(&self, named: Named<'_>, within: Option<Code>) -> Option<Code> {
        let by_uid = named.uid.and_then(|uid| self.by_uid(uid));
        by_uid.or_else(|| self.by_title(named.title?, within))
    }

    /// The region an entry says it lies in.
    pub(crate) fn oblast(&self, named: Named<'_>) -> Option<Code> {
        let by_uid = named.oblast_uid.and_then(|uid| self.by_uid(uid));
        by_uid.or_else(|| named.oblast.and_then(|name| self.by_title(name, None)))
    }

    /// The first-level region of a community; `None` for the country.
    pub(crate) fn oblast_of(&self, code: Code) -> Option<Code> {
        self.climb(code).find(|code| self.areas.get(*code).is_some_and(|area| area.level == Level::Oblast))
    }

    /// Whether `code` is `above` or lies in it.
    pub(crate) fn lies_in(&self, code: Code, above: Code) -> bool {
        self.climb(code).any(|code| code == above)
    }

    /// The code and everything above it, upwards.
    fn climb(&self, code: Code) -> impl Iterator<Item = Code> {
        // Eight steps are more than there are levels: a broken set cannot make this walk endless.
        std::iter::successors(Some(code), |code| self.areas.get(*code)?.parent).take(8)
    }

    /// The only community of that name inside `within` (the whole country when `None`).
    fn by_title(&self, title: &str, within: Option<Code>) -> Option<Code> {
        let (level, name) = read_title(title)?;
        let names = self.by_name.get_or_init(|| names(self.areas));
        let mut found = names.get(&(level, name.clone())).into_iter().flatten().copied();
        let here = |code: &Code| within.is_none_or(|above| self.lies_in(*code, above));
        let hit = found.by_ref().find(here);
        if found.any(|code| here(&code)) {
            return None;
        }
        match level {
            // A town stands for the community it belongs to: the alert services number no smaller community.
            Level::Settlement => match names.get(&(Level::Oblast, name)).map(Vec::as_slice) {
                Some([region]) if here(region) => Some(*region),
                _ => self.climb(hit?).find(|code| self.areas.get(*code).is_some_and(|a| a.level == Level::Hromada)),
            },
            _ => hit,
        }
    }
}

fn names(areas: &AreaSet) -> BTreeMap<(Level, String), Vec<Code>> {
    let mut names: BTreeMap<_, Vec<Code>> = BTreeMap::new();
    for area in areas.iter() {
        // Villages are never numbered by the services; leaving them out keeps the towns' names unambiguous.
        if area.level == Level::Settlement && area.category != 'M' {
            continue;
        }
        let name = if area.level == Level::Oblast { region_key(&area.name_uk) } else { key(&area.name_uk) };
        names.entry((area.level, name)).or_default().push(area.code);
    }
    names
}

/// A title with its type ("Сумська область", "м. Вінниця та Вінницька територіальна громада") as level and name.
fn read_title(title: &str) -> Option<(Level, String)> {
    let title = key(title);
    if let Some(name) = title.strip_suffix(" громада") {
        let name = name.rsplit(" та ").next().unwrap_or(name);
        let types = [" територіальна", " міська", " селищна", " сільська", " об'єднана"];
        let bare = types.iter().fold(name, |name, kind| name.strip_suffix(kind).unwrap_or(name));
        let bare = types.iter().fold(bare, |name, kind| name.strip_suffix(kind).unwrap_or(name));
        return Some((Level::Hromada, bare.to_owned()));
    }
    if let Some(name) = title.strip_suffix(" район") {
        return Some((Level::Raion, name.to_owned()));
    }
    if let Some(name) = ["м. ", "м.", "місто "].iter().find_map(|kind| title.strip_prefix(kind)) {
        return Some((Level::Settlement, name.to_owned()));
    }
    if title == "україна" {
        return Some((Level::Country, title));
    }
    let region = region_key(&title);
    (!region.is_empty()).then_some((Level::Oblast, region))
}

/// A first-level region's name without its type; Crimea by its one word.
fn region_key(name: &str) -> String {
    let name = key(name);
    let bare = name.strip_suffix(" область").unwrap_or(&name);
    let bare = bare.strip_prefix("м. ").unwrap_or(bare);
    if bare.ends_with("крим") && (bare.starts_with("автономна") || bare.starts_with("ар ")) {
        return "крим".into();
    }
    bare.to_owned()
}

/// Lower case, one kind of apostrophe, single spaces.
fn key(name: &str) -> String {
    let plain = |c: char| if matches!(c, '’' | 'ʼ' | '`' | '‘' | '´' | '"') { '\'' } else { c };
    let lower = name.chars().map(plain).flat_map(char::to_lowercase).collect::<String>();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_read_as_level_and_bare_name() {
        let cases = [
            ("Сумська область", Level::Oblast, "сумська"),
            ("Автономна Республіка Крим", Level::Oblast, "крим"),
            ("Кам’янський район", Level::Raion, "кам'янський"),
            ("м. Вінниця та Вінницька територіальна громада", Level::Hromada, "вінницька"),
            ("Бахмацька міська територіальна громада", Level::Hromada, "бахмацька"),
            ("Білозерська громада", Level::Hromada, "білозерська"),
            ("м. Кривий  Ріг", Level::Settlement, "кривий ріг"),
            ("Україна", Level::Country, "україна"),
        ];
        for (title, level, name) in cases {
            assert_eq!(read_title(title), Some((level, name.to_owned())), "{title}");
        }
        assert_eq!(read_title("  "), None);
    }
}
