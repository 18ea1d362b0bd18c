//! The bundled area set as others rely on it.

use model::{AreaSet, Code, Level, Position};

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn count(level: Level) -> usize {
    AreaSet::bundled().at_level(level).count()
}

#[test]
fn every_unit_of_the_codifier_is_there() {
    let found = [Level::Country, Level::Oblast, Level::Raion, Level::Hromada, Level::Settlement].map(count);
    assert_eq!(found, [1, 27, 136, 1772, 29_809]);
}

#[test]
fn crimea_and_sevastopol_are_ukraine() {
    let set = AreaSet::bundled();
    for (region, name) in
        [("UA01000000000013043", "Автономна Республіка Крим"), ("UA85000000000065278", "м. Севастополь")]
    {
        let area = set.get(code(region)).unwrap();
        assert_eq!(set.full_name_uk(area), name);
        assert!(set.covers(code("UA"), area.code));
    }
    let simferopol = set.locate(Position::new(44.9572, 34.1108).unwrap());
    assert_eq!(simferopol.last().unwrap().name_en, "Ukraine");
    assert!(simferopol.iter().any(|area| area.name_en == "Crimea"));
}

#[test]
fn a_chain_leads_from_the_village_to_the_country() {
    let set = AreaSet::bundled();
    let konotop = set.iter().find(|a| a.name_uk == "Конотоп" && a.category == 'M').unwrap();
    let chain: Vec<_> = set.ancestors(konotop.code).map(|area| set.full_name_en(area)).collect();
    assert_eq!(chain, ["Konotop Hromada", "Konotop Raion", "Sumy Oblast", "Ukraine"]);
    let chain: Vec<_> = set.ancestors(konotop.code).map(|area| set.full_name_uk(area)).collect();
    assert_eq!(chain, ["Конотопська міська громада", "Конотопський район", "Сумська область", "Україна"]);
    assert_eq!(set.seat(set.ancestors(konotop.code).next().unwrap().code), Some(konotop));
}

#[test]
fn every_way_down_is_a_way_up() {
    let set = AreaSet::bundled();
    assert_eq!(set.descendants(code("UA")).count() + 1, set.len());
    for area in set.iter() {
        for child in set.children(area.code) {
            assert_eq!(child.parent, Some(area.code), "{child:?}");
        }
        assert!(set.covers(code("UA"), area.code), "{area:?}");
        assert!(area.radius_km > 0.0 && area.radius_km.is_finite(), "{area:?}");
    }
}
