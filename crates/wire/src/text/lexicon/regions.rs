//! First-level regions by all the names they go by, and the nouns that stand beside names.

use super::Sense::{self, Head, TownHead};
use model::Level::{Hromada, Oblast, Raion};

/// Names of one first-level region.
pub(crate) struct RegionNames {
    /// First four letters of its KATOTTG code.
    pub(crate) prefix: &'static str,
    /// Stems of its adjective in Ukrainian ("сумськ") and Russian ("сумск"); endings are added.
    pub(crate) adjectives: &'static [&'static str],
    /// Feminine nouns in `-а`, by stem: "сумщин".
    pub(crate) nouns: &'static [&'static str],
    /// Whole forms of other nouns, with the cases they can be: N, G, D, A, I, L.
    pub(crate) forms: &'static [(&'static str, &'static str)],
    /// English names that stand before "region" or "oblast".
    pub(crate) english: &'static [&'static str],
}

const fn region(
    prefix: &'static str,
    adjectives: &'static [&'static str],
    nouns: &'static [&'static str],
    forms: &'static [(&'static str, &'static str)],
    english: &'static [&'static str],
) -> RegionNames {
    RegionNames { prefix, adjectives, nouns, forms, english }
}

/// The twenty-seven.
pub(crate) const REGIONS: &[RegionNames] = &[
    region("UA01", &[], &[], &[("крим", "NA"), ("криму", "GDL"), ("кримом", "I"), ("крым", "NA"), ("крыма", "G"), ("крыму", "DL"), ("крымом", "I"), ("ар крим", "NA"), ("crimea", "NGDAIL"), ("the crimea", "NGDAIL")], &[]),
    region("UA05", &["вінницьк", "винницк"], &["вінниччин", "винничин", "винниччин"], &[], &["vinnytsia", "vinnytska", "vinnitsa"]),
    region("UA07", &["волинськ", "волынск"], &[], &[("волинь", "NA"), ("волині", "GDL"), ("волинню", "I"), ("волынь", "NA"), ("волыни", "GDL"), ("волынью", "I"), ("volhynia", "NGDAIL")], &["volyn", "volynska"]),
    region("UA12", &["дніпропетровськ", "днепропетровск"], &["дніпропетровщин", "днепропетровщин", "січеславщин"], &[], &["dnipropetrovsk", "dnipropetrovska", "dnipro", "dnepropetrovsk"]),
    region("UA14", &["донецьк", "донецк"], &["донеччин", "донетчин", "донеччин"], &[], &["donetsk", "donetska"]),
    region("UA18", &["житомирськ", "житомирск"], &["житомирщин"], &[], &["zhytomyr", "zhytomyrska", "zhitomir"]),
    region("UA21", &["закарпатськ", "закарпатск"], &[], &[("закарпаття", "NGA"), ("закарпаттю", "D"), ("закарпатті", "L"), ("закарпаттям", "I"), ("закарпатье", "NAL"), ("закарпатья", "G"), ("transcarpathia", "NGDAIL"), ("zakarpattia", "NGDAIL")], &["zakarpattia", "zakarpatska", "transcarpathian"]),
    region("UA23", &["запорізьк", "запорожск"], &[], &[], &["zaporizhzhia", "zaporizhia", "zaporizka", "zaporizhzhya", "zaporozhye", "zaporizhzhia"]),
    region("UA26", &["івано франківськ", "ивано франковск", "франківськ"], &["івано франківщин", "франківщин", "ивано франковщин"], &[("прикарпаття", "NGA"), ("прикарпаттю", "D"), ("прикарпатті", "L"), ("прикарпаттям", "I"), ("прикарпатье", "NAL"), ("прикарпатья", "G"), ("prykarpattia", "NGDAIL")], &["ivano frankivsk", "ivano frankivska"]),
    region("UA32", &["київськ", "киевск"], &["київщин", "киевщин"], &[], &["kyiv", "kyivska", "kiev"]),
    region("UA35", &["кіровоградськ", "кировоградск"], &["кіровоградщин", "кировоградщин", "кропивниччин"], &[], &["kirovohrad", "kirovohradska", "kirovograd", "kropyvnytskyi"]),
    region("UA44", &["луганськ", "луганск"], &["луганщин"], &[], &["luhansk", "luhanska", "lugansk"]),
    region("UA46", &["львівськ", "львовск"], &["львівщин", "львовщин"], &[], &["lviv", "lvivska", "lvov"]),
    region("UA48", &["миколаївськ", "николаевск"], &["миколаївщин", "николаевщин"], &[], &["mykolaiv", "mykolaivska", "nikolaev"]),
    region("UA51", &["одеськ", "одесск"], &["одещин", "одесчин"], &[], &["odesa", "odessa", "odeska"]),
    region("UA53", &["полтавськ", "полтавск"], &["полтавщин"], &[], &["poltava", "poltavska"]),
    region("UA56", &["рівненськ", "ровенск", "ривненск"], &["рівненщин", "ровенщин", "рівенщин"], &[], &["rivne", "rivnenska", "rovno"]),
    region("UA59", &["сумськ", "сумск"], &["сумщин", "слобожанщин сум"], &[], &["sumy", "sumska"]),
    region("UA61", &["тернопільськ", "тернопольск"], &["тернопільщин", "тернопольщин"], &[], &["ternopil", "ternopilska", "ternopol"]),
    region("UA63", &["харківськ", "харьковск"], &["харківщин", "харьковщин"], &[], &["kharkiv", "kharkivska", "kharkov"]),
    region("UA65", &["херсонськ", "херсонск"], &["херсонщин"], &[], &["kherson", "khersonska"]),
    region("UA68", &["хмельницьк", "хмельницк"], &["хмельниччин", "хмельнитчин"], &[], &["khmelnytskyi", "khmelnytska", "khmelnytskyy", "khmelnitsky", "khmelnytsky"]),
    region("UA71", &["черкаськ", "черкасск"], &["черкащин", "черкасчин"], &[], &["cherkasy", "cherkaska", "cherkassy"]),
    region("UA73", &["чернівецьк", "черновицк"], &["чернівеччин", "буковин"], &[("bukovyna", "NGDAIL")], &["chernivtsi", "chernivetska", "chernovtsy"]),
    region("UA74", &["чернігівськ", "черниговск"], &["чернігівщин", "черниговщин"], &[], &["chernihiv", "chernihivska", "chernigov"]),
    region("UA80", &[], &[], &[("київ", "NA"), ("києва", "G"), ("києву", "DL"), ("києвом", "I"), ("києві", "L"), ("киев", "NA"), ("киева", "G"), ("киеву", "D"), ("киевом", "I"), ("киеве", "L"), ("столиця", "N"), ("столицю", "A"), ("столиці", "GDL"), ("столицею", "I"), ("столицу", "A"), ("столицы", "G"), ("столице", "DL"), ("kyiv", "NGDAIL"), ("kiev", "NGDAIL"), ("the capital", "NGDAIL")], &[]),
    region("UA85", &[], &[], &[("севастополь", "NA"), ("севастополя", "G"), ("севастополю", "D"), ("севастополем", "I"), ("севастополі", "L"), ("севастополе", "L"), ("sevastopol", "NGDAIL")], &[]),
];

/// Nouns beside names.
pub(crate) const HEADS: &[(&str, Sense)] = &[
    ("область|області|областю|обл|области|областью|областей|областях|областям|областями|region|regions|oblast|oblasts", Head(Oblast)),
    ("район|району|районі|районом|райони|районів|районах|районам|р-н|р-ну|р-ні|р-нах|р-ни|р-ном|района|районе|районы|районов|raion|raions|district|districts|р-не|р-на", Head(Raion)),
    ("громада|громади|громаду|громаді|громадою|громад|громадах|громадам|отг|тг|мтг|стг|смтг|община|общины|общину|общине|hromada|hromadas|community|communities", Head(Hromada)),
    ("м|місто|міста|місту|містом|місті|г|город|города|городу|городе|городом", TownHead('M')),
    ("city|town of", TownHead('M')),
    ("the city|town of", TownHead('M')),
    ("міст|містах|городах|городов", TownHead('M')),
    ("с|село|села|селу|селом|селі|сел|селе|дер|деревня|деревни|деревню", TownHead('C')),
    ("village of", TownHead('C')),
    ("the village|settlement of", TownHead('C')),
    ("смт|селище|селища|селищу|селищем|селищі|пгт|поселок|поселка|поселку|пос|с-ще", TownHead('X')),
    ("settlement of", TownHead('X')),
    ("нп|н п", TownHead('?')),
    ("населений|населеного|населеному|населений|населенный|населенного|населенному пункт|пункту|пункта|пункті", TownHead('?')),
];

/// Words between an adjective and "громада".
pub(crate) const BETWEEN: &[&str] = &[
    "міська", "міській", "міської", "міську", "міською", "селищна", "селищній", "селищної", "селищну", "сільська", "сільській", "сільської", "сільську",
    "територіальна", "територіальній", "територіальної", "територіальну", "територіальною", "територіальні", "територіальних", "об'єднана",
    "об'єднаній", "territorial", "urban", "rural", "settlement", "городская", "городской", "сельская", "поселковая", "территориальная",
    "территориальной", "территориальную", "військова",
];
