//! English names: the romanisation of the Cabinet's resolution 55 (2010), and spellings long in use.

/// Spellings in use beside the romanised one, by it.
const ESTABLISHED: &[(&str, &[&str])] = &[
    ("kyiv", &["kiev"]),
    ("odesa", &["odessa"]),
    ("kharkiv", &["kharkov"]),
    ("chernihiv", &["chernigov"]),
    ("dnipro", &["dnepr", "dnieper city", "dnipropetrovsk"]),
    ("lviv", &["lvov"]),
    ("mykolaiv", &["nikolaev", "mykolayiv"]),
    ("zaporizhzhia", &["zaporizhia", "zaporozhye", "zaporizhzhya", "zaporozhe"]),
    ("vinnytsia", &["vinnitsa", "vinnytsya"]),
    ("rivne", &["rovno"]),
    ("kryvyi rih", &["krivoy rog", "kryvyy rih", "kryvy rih"]),
    ("bila tserkva", &["belaya tserkov"]),
    ("chernivtsi", &["chernovtsy"]),
    ("kremenchuk", &["kremenchug"]),
    ("kropyvnytskyi", &["kropyvnytskyy", "kirovohrad"]),
    ("khmelnytskyi", &["khmelnytskyy", "khmelnitsky", "khmelnytsky"]),
    ("cherkasy", &["cherkassy"]),
    ("nizhyn", &["nezhin"]),
    ("okhtyrka", &["akhtyrka"]),
    ("boryspil", &["borispol"]),
    ("kupiansk", &["kupyansk"]),
    ("sloviansk", &["slavyansk", "slovyansk"]),
    ("ternopil", &["ternopol"]),
    ("fastiv", &["fastov"]),
];

/// Romanises a folded Ukrainian name.
pub(in crate::text) fn romanised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for word in name.split([' ', '-']) {
        if !out.is_empty() {
            out.push(' ');
        }
        let chars: Vec<char> = word.chars().collect();
        for (at, c) in chars.iter().enumerate() {
            let first = at == 0;
            let after_z = at > 0 && chars.get(at - 1) == Some(&'з');
            out.push_str(match c {
                'а' => "a",
                'б' => "b",
                'в' => "v",
                'г' if after_z => "gh",
                'г' => "h",
                'д' => "d",
                'е' => "e",
                'є' if first => "ye",
                'є' => "ie",
                'ж' => "zh",
                'з' => "z",
                'и' => "y",
                'ї' if first => "yi",
                'й' if first => "y",
                'і' | 'ї' | 'й' => "i",
                'к' => "k",
                'л' => "l",
                'м' => "m",
                'н' => "n",
                'о' => "o",
                'п' => "p",
                'р' => "r",
                'с' => "s",
                'т' => "t",
                'у' => "u",
                'ф' => "f",
                'х' => "kh",
                'ц' => "ts",
                'ч' => "ch",
                'ш' => "sh",
                'щ' => "shch",
                'ю' if first => "yu",
                'ю' => "iu",
                'я' if first => "ya",
                'я' => "ia",
                _ => "",
            });
        }
    }
    out
}

/// The English spellings of a place.
pub(in crate::text) fn forms(uk_name: &str, en_name: &str) -> Vec<String> {
    let main = romanised(uk_name);
    let other = super::super::normalise::key(en_name);
    let mut out = vec![main.clone()];
    if !other.is_empty() && other != main {
        out.push(other);
    }
    for (romanised, spellings) in ESTABLISHED {
        if *romanised == main {
            out.extend(spellings.iter().map(|s| (*s).to_owned()));
        }
    }
    if main.ends_with("yi") {
        out.push(main.trim_end_matches('i').to_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{forms, romanised};

    #[test]
    fn names_are_romanised_by_the_resolution() {
        for (uk, en) in [
            ("київ", "kyiv"),
            ("запоріжжя", "zaporizhzhia"),
            ("згорани", "zghorany"),
            ("єнакієве", "yenakiieve"),
            ("біла церква", "bila tserkva"),
        ] {
            assert_eq!(romanised(uk), en);
        }
        assert!(forms("одеса", "Odesa").contains(&"odessa".to_owned()));
    }
}
