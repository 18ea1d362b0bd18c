//! A message in which nothing is wrong.

use cap::{Gravity, MsgType, Status, Strictness, lint, read};

/// An update in two languages, with every element that may be wrong.
pub const GOOD: &str = include_str!("good.xml");

#[test]
fn nothing_is_wrong_in_a_good_message() {
    assert_eq!(lint(GOOD.as_bytes()).unwrap(), []);
    let alert = read(GOOD.as_bytes(), Strictness::Strict).unwrap().alert;
    assert_eq!((alert.status, alert.msg_type, alert.info.len()), (Status::Actual, MsgType::Update, 2));
    assert_eq!(format!("{:?}", alert.info[0].area[0].polygon[0][2]), "[51.4, 33.6]");
    assert_eq!(alert.sent.to_string(), "2026-11-28T03:04:05+02:00");
    assert_eq!(alert.sent.unix_s(), 1_795_827_845);
}

#[test]
fn a_finding_names_its_place_and_remedy() {
    let bad = GOOD.replace("51.2,33.2 12", "51.2,33.2 -12");
    let findings = lint(bad.as_bytes()).unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].id, findings[0].gravity), ("circle-radius", Gravity::Error));
    assert_eq!(
        findings[0].to_string(),
        "34:7: error circle-radius: alert/info[1]/area[1]/circle[1]: a radius of -12 km; 0 to 20,038 km"
    );
}
