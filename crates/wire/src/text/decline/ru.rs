//! Russian names of Ukrainian places, as far as rules carry, in Russian cases.
//!
//! A Ukrainian name is turned letter by letter and ending by ending (`-ів` to `-ов`, `-ьк` to `-к`, `-і-` to `-и-`); where
//! usage differs the name stands in [`ESTABLISHED`]. Then the Russian classes of declension are applied.

use super::{A, ANY, Cases, D, Forms, G, I, L, N, form, joined};

/// Russian names that no rule gives, by the Ukrainian name's key.
const ESTABLISHED: &[(&str, &str)] = &[
    ("київ", "киев"),
    ("харків", "харьков"),
    ("чернігів", "чернигов"),
    ("миколаїв", "николаев"),
    ("рівне", "ровно"),
    ("дніпро", "днепр"),
    ("запоріжжя", "запорожье"),
    ("львів", "львов"),
    ("одеса", "одесса"),
    ("черкаси", "черкассы"),
    ("біла церква", "белая церковь"),
    ("камянське", "каменское"),
    ("охтирка", "ахтырка"),
    ("ніжин", "нежин"),
    ("кривий ріг", "кривой рог"),
    ("чернівці", "черновцы"),
    ("вінниця", "винница"),
    ("івано франківськ", "ивано франковск"),
    ("камянець подільський", "каменец подольский"),
    ("білгород дністровський", "белгород днестровский"),
    ("маріуполь", "мариуполь"),
    ("вишгород", "вышгород"),
    ("умань", "умань"),
    ("бердичів", "бердичев"),
    ("луцьк", "луцк"),
    ("ужгород", "ужгород"),
    ("мукачево", "мукачево"),
    ("словянськ", "славянск"),
    ("камянка", "каменка"),
    ("куп янськ", "купянск"),
    ("куп'янськ", "купянск"),
    ("купянськ", "купянск"),
    ("дергачі", "дергачи"),
    ("чугуїв", "чугуев"),
    ("вовчанськ", "волчанск"),
    ("коблеве", "коблево"),
    ("вільнянськ", "вольнянск"),
    ("гуляйполе", "гуляйполе"),
    ("оріхів", "орехов"),
    ("нова каховка", "новая каховка"),
    ("гола пристань", "голая пристань"),
    ("новгород сіверський", "новгород северский"),
    ("звягель", "звягель"),
    ("переяслав", "переяслав"),
    ("сєвєродонецьк", "северодонецк"),
    ("сіверськодонецьк", "северодонецк"),
    ("бахмут", "бахмут"),
    ("часів яр", "часов яр"),
    ("волочиськ", "волочиск"),
    ("мена", "мена"),
    ("кременчук", "кременчуг"),
    ("ромни", "ромны"),
    ("пирятин", "пирятин"),
    ("ізмаїл", "измаил"),
    ("вознесенськ", "вознесенск"),
    ("шостка", "шостка"),
    ("кролевець", "кролевец"),
    ("лебедин", "лебедин"),
    ("ізюм", "изюм"),
];

/// Fragments that change before the letters do, longest first; the key is at the end of a word when it ends in `$`.
const FRAGMENTS: &[(&str, &str)] = &[
    ("миколаї", "ніколае"),
    ("миколай", "ніколай"),
    ("івське$", "овское"),
    ("овське$", "овское"),
    ("ське$", "ское"),
    ("цьке$", "цкое"),
    ("ське", "ское"),
    ("ська$", "ская"),
    ("цька$", "цкая"),
    ("ський$", "скій"),
    ("цький$", "цкій"),
    ("іївка$", "іевка"),
    ("аївка$", "аевка"),
    ("иївка$", "иевка"),
    ("ївка$", "евка"),
    ("івка$", "овка"),
    ("івці$", "овцы"),
    ("ївці$", "евцы"),
    ("иця$", "іца"),
    ("ця$", "ца"),
    ("ці$", "цы"),
    ("ець$", "ец"),
    ("єць$", "ец"),
    ("ів$", "ов"),
    ("їв$", "ев"),
    ("піль$", "поль"),
    ("ріг$", "рог"),
    ("ільськ", "ольск"),
    ("івськ", "овск"),
    ("ївськ", "евск"),
    ("іння$", "енье"),
    ("ння$", "нье"),
    ("лля$", "лье"),
    ("ття$", "тье"),
    ("ддя$", "дье"),
    ("жжя$", "жье"),
    ("ччя$", "чье"),
    ("ове$", "овое"),
    ("еве$", "евое"),
    ("єве$", "евое"),
    ("не$", "ное"),
    ("ськ", "ск"),
    ("цьк", "цк"),
    ("зьк", "зк"),
    ("біл", "бел"),
    ("сір", "сер"),
    ("ліс", "лес"),
    ("річ", "реч"),
    ("слобід", "слобод"),
    ("під", "под"),
    ("ніж", "неж"),
    ("міст", "мост"),
    ("двір", "двор"),
    ("бір$", "бор"),
    ("брід$", "брод"),
];

/// The forms of the Russian name of the place with that Ukrainian key.
pub(in crate::text) fn forms(uk_key: &str) -> Forms {
    let young = russian(uk_key, 'ы');
    let mut out = name_forms(&young);
    // Old names keep `и` (Житомир, Батурин) where young ones have `ы`: both are given.
    let kept = russian(uk_key, 'и');
    if kept != young {
        out.extend(name_forms(&kept));
    }
    out
}

fn name_forms(name: &str) -> Forms {
    let words: Vec<&str> = name.split(' ').collect();
    if let [word] = words.as_slice() {
        return single(word);
    }
    let last = words.len().saturating_sub(1);
    let parts: Vec<Forms> = words
        .iter()
        .enumerate()
        .map(|(at, word)| if at < last && word.ends_with('о') { vec![((*word).to_owned(), ANY)] } else { single(word) })
        .collect();
    joined(&parts)
}

fn russian(uk_key: &str, y: char) -> String {
    if let Some((_, ru)) = ESTABLISHED.iter().find(|(uk, _)| *uk == uk_key) {
        return (*ru).to_owned();
    }
    let words: Vec<String> = uk_key.split(' ').map(|word| russian_word(word, y)).collect();
    words.join(" ")
}

/// First words of compound names.
const ADJECTIVES: &[(&str, &str)] = &[
    ("велика", "большая"),
    ("великий", "большой"),
    ("велике", "большое"),
    ("великі", "большие"),
    ("мала", "малая"),
    ("малий", "малый"),
    ("мале", "малое"),
    ("малі", "малые"),
    ("нова", "новая"),
    ("новий", "новый"),
    ("нове", "новое"),
    ("нові", "новые"),
    ("стара", "старая"),
    ("старий", "старый"),
    ("старе", "старое"),
    ("старі", "старые"),
    ("біла", "белая"),
    ("білий", "белый"),
    ("біле", "белое"),
    ("чорна", "черная"),
    ("чорний", "черный"),
    ("красна", "красная"),
    ("червона", "красная"),
    ("верхня", "верхняя"),
    ("верхній", "верхний"),
    ("верхнє", "верхнее"),
    ("нижня", "нижняя"),
    ("нижній", "нижний"),
    ("липова", "липовая"),
    ("суха", "сухая"),
    ("кривий", "кривой"),
    ("зелений", "зеленый"),
    ("зелена", "зеленая"),
];

fn russian_word(word: &str, y: char) -> String {
    if let Some((_, ru)) = ADJECTIVES.iter().find(|(uk, _)| *uk == word) {
        return (*ru).to_owned();
    }
    let mut word = word.to_owned();
    for (from, to) in FRAGMENTS {
        if let Some(ending) = from.strip_suffix('$') {
            if let Some(stem) = word.strip_suffix(ending) {
                word = format!("{stem}{to}");
            }
        } else if word.contains(from) {
            word = word.replace(from, to);
        }
    }
    let mut out = String::with_capacity(word.len());
    let mut before = ' ';
    let letters = word.chars().count();
    for (at, c) in word.chars().enumerate() {
        // After these the Russian spelling keeps `и` where Ukrainian has `и`.
        let hushes = matches!(before, 'г' | 'к' | 'х' | 'ж' | 'ч' | 'ш' | 'щ');
        out.push(match c {
            'и' if hushes => 'и',
            // Fragments above are already Russian; `и` from `і` comes below, so a plain `и` is Ukrainian.
            'и' => {
                if at + 1 == letters {
                    'ы'
                } else {
                    y
                }
            }
            'і' | 'ї' => 'и',
            'є' => 'е',
            other => other,
        });
        before = c;
    }
    out
}

fn add(out: &mut Forms, stem: &str, endings: &[(&str, Cases)]) {
    for (ending, cases) in endings {
        out.push((form(stem, ending), *cases));
    }
}

fn single(word: &str) -> Forms {
    let mut out = Forms::with_capacity(8);
    let Some(last) = word.chars().next_back() else { return out };
    let stem: String = {
        let mut stem = word.to_owned();
        stem.pop();
        stem
    };
    let before = stem.chars().next_back().unwrap_or(' ');
    let hush = matches!(before, 'г' | 'к' | 'х' | 'ж' | 'ч' | 'ш' | 'щ');
    if let Some(stem) = word.strip_suffix("ая") {
        add(&mut out, stem, &[("ая", N), ("ой", G | D | I | L), ("ую", A)]);
        return out;
    }
    if let Some(stem) = word.strip_suffix("яя") {
        add(&mut out, stem, &[("яя", N), ("ей", G | D | I | L), ("юю", A)]);
        return out;
    }
    if let Some(stem) = word.strip_suffix("ое") {
        add(&mut out, stem, &[("ое", N | A), ("ого", G), ("ому", D), ("ым", I), ("им", I), ("ом", L)]);
        return out;
    }
    for ending in ["ый", "ий", "ой"] {
        if let Some(stem) = word.strip_suffix(ending) {
            out.push((word.to_owned(), N | A));
            add(
                &mut out,
                stem,
                &[("ого", G), ("ому", D), ("ым", I), ("им", I), ("ом", L), ("его", G), ("ему", D), ("ем", L)],
            );
            return out;
        }
    }
    for ending in ["ые", "ие"] {
        if let Some(stem) = word.strip_suffix(ending) {
            out.push((word.to_owned(), N | A));
            add(&mut out, stem, &[("ых", G | L), ("их", G | L), ("ым", D), ("ыми", I)]);
            return out;
        }
    }
    out.push((word.to_owned(), N | A));
    match last {
        'а' => {
            add(&mut out, &stem, &[(if hush { "и" } else { "ы" }, G), ("е", D | L), ("у", A), ("ой", I), ("ей", I)]);
            // A Ukrainian adjective alone: Лозова, Лозовую.
            add(&mut out, &stem, &[("ая", N), ("ую", A), ("ой", G | D | L)]);
        }
        'я' => add(&mut out, &stem, &[("и", G | D | L), ("е", D | L), ("ю", A), ("ей", I)]),
        'о' => add(&mut out, &stem, &[("о", ANY), ("а", G), ("у", D), ("ом", I), ("е", L)]),
        'е' => {
            let soft = before == 'ь';
            let (g, d) = if soft || !hush { ("я", "ю") } else { ("а", "у") };
            add(&mut out, &stem, &[(g, G), (d, D), ("ем", I), ("е", L)]);
        }
        'ы' | 'и' => {
            add(&mut out, &stem, &[("ам", D), ("ами", I), ("ах", L), ("ям", D), ("ями", I), ("ях", L)]);
            add(&mut out, &stem, &[("", G), ("ов", G), ("ев", G), ("ей", G), ("ь", G)]);
            let chars: Vec<char> = stem.chars().collect();
            if let [.., _, end] = chars.as_slice() {
                let head: String = chars.iter().take(chars.len() - 1).collect();
                add(&mut out, &head, &[(&format!("е{end}"), G), (&format!("о{end}"), G)]);
            }
        }
        'ь' => add(&mut out, &stem, &[("я", G), ("ю", D), ("ем", I), ("е", L), ("и", G | D | L), ("ью", I)]),
        'й' => add(&mut out, &stem, &[("я", G), ("ю", D), ("ем", I), ("е", L)]),
        'у' | 'ю' | 'э' => {}
        _ => {
            add(&mut out, word, &[("а", G), ("у", D), ("ом", I), ("ем", I), ("е", L)]);
            if let Some(head) = word.strip_suffix("ец") {
                add(&mut out, head, &[("ца", G), ("цу", D), ("цом", I), ("це", L)]);
            }
            if let Some(head) = word.strip_suffix("ок") {
                add(&mut out, head, &[("ка", G), ("ку", D), ("ком", I), ("ке", L)]);
            }
        }
    }
    if word == "церковь" {
        add(&mut out, "церк", &[("ви", G | D | L), ("овью", I)]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::forms;

    #[test]
    fn russian_names_are_made_and_declined() {
        for (uk, expected) in [
            ("київ", &["киев", "киева", "киеву", "киевом", "киеве"][..]),
            ("гостомель", &["гостомель", "гостомеля", "гостомелю"][..]),
            ("суми", &["сумы", "сум", "сумам", "сумах"][..]),
            ("конотоп", &["конотоп", "конотопа", "конотопе"][..]),
            ("біла церква", &["белая церковь", "белой церкви", "белую церковь"][..]),
            ("миколаївка", &["николаевка", "николаевки", "николаевку"][..]),
            ("степанівка", &["степановка", "степановку"][..]),
            ("бориспіль", &["борисполь", "борисполя"][..]),
            ("вінниця", &["винница", "винницы", "виннице"][..]),
            ("нова водолага", &["новая водолага", "новой водолаги", "новую водолагу"][..]),
            ("фастів", &["фастов", "фастова"][..]),
            ("тростянець", &["тростянец", "тростянца"][..]),
            ("запоріжжя", &["запорожье", "запорожья"][..]),
            ("ічня", &["ичня", "ичню"][..]),
        ] {
            let forms = forms(uk);
            for form in expected {
                assert!(forms.iter().any(|(f, _)| f == form), "{uk}: {form} in {forms:?}");
            }
        }
    }
}
