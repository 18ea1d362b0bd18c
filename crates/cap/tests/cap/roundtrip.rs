//! What is written is read back and compared.

use crate::good::GOOD;
use cap::{Area, Info, Pair, Strictness, read};
use proptest::prelude::*;

#[test]
fn a_good_message_is_written_and_read_back() {
    let alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
    let text = alert.to_xml();
    let again = read(text.as_bytes(), Strictness::Strict).unwrap();
    assert_eq!((again.alert.clone(), again.findings), (alert, Vec::new()));
    assert_eq!(again.alert.to_xml(), text);
}

fn words() -> impl Strategy<Value = String> {
    "[ -~а-яїєґ\n\r\t]{0,20}[a-zА-Я<>&\"']"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_words_and_shapes_are_read_back_as_they_were(
        event in words(), note in proptest::option::of(words()), headline in proptest::option::of(words()),
        value in words(), desc in words(), incidents in proptest::collection::vec("[a-z ]{1,8}[a-z]", 0..3),
        ring in proptest::collection::vec((-90.0..90.0_f64, -180.0..180.0_f64), 3..9), altitude in proptest::option::of(-9e3..9e4_f64),
    ) {
        let mut alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
        let mut ring: Vec<[f64; 2]> = ring.into_iter().map(|(lat, lon)| [lat, lon]).collect();
        ring.extend(ring.first().copied());
        alert.note = note;
        alert.incidents = incidents;
        for info in &mut alert.info {
            let area = Area { area_desc: desc.clone(), polygon: vec![ring.clone()], circle: vec![[1.5, -2.25, 0.1]], geocode: Vec::new(), altitude, ceiling: None };
            *info = Info { event: event.clone(), headline: headline.clone(), parameter: vec![Pair { value_name: "x".into(), value: value.clone() }], area: vec![area], ..info.clone() };
        }
        let text = alert.to_xml();
        let again = read(text.as_bytes(), Strictness::Tolerant).unwrap();
        prop_assert_eq!(&again.alert, &alert);
        prop_assert_eq!(again.alert.to_xml(), text);
    }
}
