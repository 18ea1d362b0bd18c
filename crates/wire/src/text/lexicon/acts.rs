//! Words that say what is happening, and the words of alert orders.

use super::Alarm::{Alert, Country, Danger, Declared, Doubt, Drill, Ended, Except, GoesOn, Level, OfEnd, Retract};
use super::Sense::{self, Alarm, And, Filler, Homeland, ManyMark, Say, Shelter, TheRegion, TheSeat, TheTown, Variable};
use super::{Say as S, Sense::Bearing, Sense::Course, Sense::Part};
use model::AlertLevel::{Red, Yellow};
use model::AlertType::{AirRaid, ArtilleryShelling, Chemical, Nuclear, UrbanFights};

/// Acts, courses, pronouns and words passed over.
pub(crate) const ACTS: &[(&str, Sense)] = &[
    (
        "загроза|загрози|загрозу|загрозою|загрозі|угроза|угрозы|угрозу|threat|threats|danger|небезпека|небезпеки|небезпеку|опасность|опасности",
        Say(S::Threat),
    ),
    ("загрожує|загрожують|угрожает|угрожают|threaten*", Say(S::Threat)),
    (
        "пуск|пуски|пуску|пусків|пуском|пусками|пусков|запуск|запуски|запуску|запусків|запусков|launch|launches|launched|launching",
        Say(S::Launch),
    ),
    ("вихід|виходи|виходів|выход|выходы|выходов", Say(S::Launch)),
    (
        "зліт|злет|зльоту|зльоти|злетів|злетіли|злітає|злітають|взлет|взлета|взлетел|взлетели|взлетает|виліт|вилетів|вилетіли|вылет|вылетели|takeoff|take-off",
        Say(S::Launch),
    ),
    ("випущено|запущено|випустив|випустили|запустив|запустили|выпущены|запущены", Say(S::Launch)),
    ("рубіж|рубежі|рубежу|рубежа|рубеж пуск*", Filler),
    ("лінія|лінію|линия|линию пуск*", Filler),
    ("took off", Say(S::Launch)),
    ("under threat", Say(S::Threat)),
    ("відбій|отбой", Say(S::Cancel)),
    ("чисто по|щодо", Say(S::Cancel)),
    ("all clear", Alarm(Ended)),
    ("all-clear", Alarm(Ended)),
    ("більше не фіксу*|загрожу*|спостеріга*", Say(S::Cancel)),
    ("загрозу|загроза знято|скасовано|минула|ліквідовано|минуло|відсутня", Say(S::Cancel)),
    ("threat is|has over|passed|lifted|ended|gone", Say(S::Cancel)),
    ("threat over|ended|lifted|cancelled|passed", Say(S::Cancel)),
    // Accounts of the past.
    (
        "збито|збили|збитий|збита|збиті|збитих|подавлено|знищено|знищили|знешкоджено|сбито|сбиты|сбили|уничтожено|уничтожены|подавлены|destroyed|intercepted|neutralized|downed|suppressed",
        Say(S::Past),
    ),
    ("shot down", Say(S::Past)),
    ("збито/подавлено|знищено/подавлено", Say(S::Past)),
    ("мінус|минус", Say(S::Past)),
    ("перехоплен*|приземлен*|влучання|влучив|влучили|влучила|уражено|попадание|попадания|hits|impacts", Say(S::Past)),
    (
        "атакував|атакувала|атакували|атаковано|атаковала|атаковали|атаковал|attacked|вдарив|вдарили|вдарила|ударил|ударили|завдав|завдали|нанес|нанесли|обстріляв|обстріляла|обстріляли|обстрелял|обстреляли|застосував|застосували|struck",
        Say(S::PastAttack),
    ),
    ("у|в|за ніч на", Say(S::Past)),
    ("в|за ночь на", Say(S::Past)),
    ("минулої|цієї|протягом|упродовж|впродовж|прошлой|этой|last ночі|ночи|night|доби", Say(S::Past)),
    ("за|впродовж|упродовж|протягом минулу|минулої|добу|доби|попередню|сутки|ніч|ночь", Say(S::Past)),
    ("overnight", Say(S::Past)),
    ("on the night of", Say(S::Past)),
    ("the night of", Say(S::Past)),
    ("внаслідок|наслідки|последствия|вследствие", Say(S::Past)),
    ("вчора|yesterday|учора", Say(S::Past)),
    ("атака|атаки|атаку|атакують|атакує|атакуют|атакует|attack|attacks|attacking", Filler),
    // Not.
    ("немає|нема|відсутн*|нет|відсутні|отсутств*|no|none", Say(S::Not)),
    (
        "не фіксу*|спостеріга*|було|має|підтверд*|зафіксован*|загрожу*|виявлен*|є|фиксир*|наблюда*|было|подтверд*|бачимо|видно|обнаруж*|несе|несуть|становить",
        Say(S::Not),
    ),
    // A course denied is no course; "не змінює курс" and the like deny nothing that is read.
    (
        "не летить|летять|летіла|летіли|рухає*|рухаю*|прямує|прямують|йде|йдуть|іде|ідуть|заходить|заходять|залітає|залітають|наближається|наближаються|летит|летят|движется|движутся|направляется|направляются|идет|идёт|идут|заходит|заходят|приближается|приближаются",
        Say(S::Not),
    ),
    ("not|isn't|aren't heading|headed|moving|flying|approaching|going", Say(S::Not)),
    ("не", Say(S::Not)),
    ("not|isn't|aren't|wasn't|weren't|without", Say(S::Not)),
    ("імітація|имитация|імітації", Say(S::Not)),
    (
        "зник|зникла|зникли|втрачено|втрачена|втрачений|втрачені|пропав|пропала|пропали|исчез|исчезли|потерян|lost",
        Say(S::Not),
    ),
    ("хибн*|ложн*", Say(S::Not)),
    // Advice with a "not" in it, which denies nothing.
    (
        "не ігнор*|нехту*|виход*|покида*|розслабл*|піддава*|поширю*|публіку*|знімай*|наближай*|знижу*|залиша*|игнор*|выход*|пренебре*|покида*|публику*|забува*|хвилю*|панік*|фільму*|оприлюдню*|оприлюднюй*|пиш*|підход*|виключ*|исключ*",
        Filler,
    ),
    ("do|don't|don’t not leave|ignore|publish|post|film|go|panic", Filler),
    ("don't leave|ignore|publish|post|film|go|panic", Filler),
    ("не лише|тільки|только|менше|менше|more|less", Filler),
    ("not only", Filler),
    // Possible.
    (
        "можливі|можливий|можлива|можливе|можливо|ймовірно|ймовірні|ймовірний|ймовірна|імовірно|возможны|возможен|возможна|возможно|вероятно|possible|possibly|probably|likely|may|might|could|готується|готуються|підготовка|підготовку|очікується|очікуємо|ожидаем|ожидается|expected|preparing|preparation",
        Say(S::Maybe),
    ),
    ("активність|активності|активна|активная|активность|активно|activity|active|airborne", Say(S::Activity)),
    ("in the air", Say(S::Activity)),
    ("у|в повітрі|воздухе", Say(S::Activity)),
    // Course words.
    ("курс|курсом|курсу|вектор|вектором|course", Course),
    (
        "напрямок|напрямку|напрямком|напрямі|напрям|напрямом|направление|направлении|направлением|напрямках|direction|directions",
        Bearing,
    ),
    ("частина|частині|частину|частини|часть|части|part|parts", Part),
    ("heading|headed|bound|moving|flying", Course),
    ("курс|курсом змінн*|непостійн*|переменн*|изменчив*", Variable),
    ("змінн*|переменн* курс*", Variable),
    (
        "змінює|змінюють|міняє|міняють|меняет|меняют|змінюючи|изменяет|изменяют|changing|changes|change|changed|varying|variable|змінив|змінили|змінення курс|course|heading|курсу|direction|напрямок",
        Variable,
    ),
    (
        "маневрує|маневрують|маневрирует|маневрируют|маневруючи|maneuvering|manoeuvring|кружляє|кружляють|кружляючи|кружит|кружат|circling|loitering|баражує|баражують|петляє|петляють|крутиться|крутяться",
        Variable,
    ),
    ("укриття|укриттях|укриттях|укрытие|укрытия|укрытиях|укриттів|shelter|shelters|сховища|сховище|сховищах", Shelter),
    // Pronouns for places.
    ("місто|міста|місту|містом|місті|город|города|городу|городом|городе|town", TheTown),
    ("city", TheTown),
    ("обласний|обласного|обласному|областной|областного центр|центру|центра|центром|центрі", TheSeat),
    ("обласний|обласного|обласному областной центр*", TheSeat),
    ("облцентр|облцентру|облцентра", TheSeat),
    ("regional|oblast|administrative center|centre|capital", TheSeat),
    ("області|областю|регіон|регіону|регіоні|регион|региона|регионе|регіоном", TheRegion),
    ("область|області|областю|області", TheRegion),
    ("region|oblast", TheRegion),
    (
        "повітряний|повітряному|повітряного|воздушное|воздушном|воздушного|air простір|просторі|простору|пространство|пространстве|space",
        Filler,
    ),
    (
        "україна|україни|україну|україні|україною|украина|украины|украину|украине|ukraine|ukraine's|країни|країну|країні|страны|country",
        Homeland,
    ),
    ("та|і|й|и|and|також|а|плюс", And),
    // Plural verbs.
    (
        "летять|рухаються|прямують|заходять|залітають|підлітають|пролітають|йдуть|ідуть|наближаються|кружляють|маневрують|вилетіли|зайшли|перетнули|залетіли|курсують|летят|движутся|направляются|заходят|залетают|подлетают|идут|приближаются|пролетают|зашли|пролетіли|пройшли|тримають|змінили|змінюють|are|were|фіксуються|фиксируются|перебувають|знаходяться|атакують|вийшли|взяли|держат|повернули|розвернулися|розвернулись",
        ManyMark,
    ),
    (
        "ворожі|ворожих|ворожими|вражеские|вражеских|вражескими|російські|російських|російськими|нові|нових|звичайні|звичайних|поршневі|поршневих|обычные|обычных|обычными|нові|інші|інших|невідомі|невідомих|новые|новых",
        ManyMark,
    ),
    (
        "ворожий|ворожого|ворожому|ворожа|ворожу|вражеский|вражеского|новий|нового|звичайний|звичайного|enemy|hostile|another|російський|російського|чергова|чергову|чергової|черговий|очередная|очередной|очередную",
        Filler,
    ),
    ("застосування|применения|применение|using|use of|удару|удар|ударів|use", Filler),
    ("of the use of", Filler),
    ("увага|увага|внимание|attention|алярм|alert", Filler),
    ("ппо|пво|дсду|зсу|всу|сил|сили|повітряні|повітряних|воздушные|воздушных", Filler),
    ("air defense|defence operation|works|working|operates", Filler),
    ("air defense|defence", Filler),
    ("the|a|an|this|that|its|is|has|been|by|constantly|currently|now", Filler),
    ("типу|типа|type|виду", Filler),
];

/// Words of alert orders.
pub(crate) const ALARMS: &[(&str, Sense)] = &[
    (
        "повітряна|повітряну|повітряної|повітряній|повітряною|повітряні|повітряних тривога|тривогу|тривоги|тривозі|тривогою|тривог",
        Alarm(Alert(AirRaid)),
    ),
    ("воздушная|воздушную|воздушной|воздушные тревога|тревогу|тревоги|тревогой|тревоге", Alarm(Alert(AirRaid))),
    ("тривога|тривогу|тривоги|тривозі|тривогою|тревога|тревогу|тревоги|тревогой", Alarm(Alert(AirRaid))),
    ("air raid|alarm alert|alerts|siren|sirens|warning|alarm", Alarm(Alert(AirRaid))),
    ("air-raid alert|alerts|siren|sirens|warning|alarm", Alarm(Alert(AirRaid))),
    ("air alert|alerts|alarm|alarms|danger", Alarm(Alert(AirRaid))),
    (
        "загроза|загрози|загрозу|угроза|угрозы артобстрілу|артобстрілів|артобстрела|артобстрелов|артилерійського|артиллерийского|артилерійських",
        Alarm(Danger(ArtilleryShelling)),
    ),
    ("небезпека|небезпеки артобстрілу", Alarm(Danger(ArtilleryShelling))),
    ("threat of artillery shelling", Alarm(Danger(ArtilleryShelling))),
    ("artillery shelling threat|alert|danger", Alarm(Danger(ArtilleryShelling))),
    ("artillery shelling", Alarm(Danger(ArtilleryShelling))),
    ("загроза|загрози|угроза|небезпека|небезпеки вуличних|уличных боїв|боев", Alarm(Danger(UrbanFights))),
    ("вуличні|уличные бої|бои", Alarm(Danger(UrbanFights))),
    ("вуличних|уличных боїв|боев", Alarm(Danger(UrbanFights))),
    ("urban|street fights|fighting|combat", Alarm(Danger(UrbanFights))),
    ("threat of urban|street fights|fighting", Alarm(Danger(UrbanFights))),
    (
        "хімічна|хімічної|хімічну|химическая|химической|химическую|chemical загроза|загрози|загрозу|небезпека|небезпеки|небезпеку|тривога|тривоги|угроза|угрозы|опасность|опасности|тревога|тревоги|threat|danger|alert|hazard",
        Alarm(Danger(Chemical)),
    ),
    ("загроза|загрози|угроза|угрозы хімічної|химической небезпеки|опасности|атаки|зброї", Alarm(Danger(Chemical))),
    (
        "радіаційна|радіаційної|радіаційну|радиационная|радиационной|радиационную|radiation|nuclear|ядерна|ядерної загроза|загрози|загрозу|небезпека|небезпеки|небезпеку|тривога|тривоги|угроза|угрозы|опасность|опасности|тревога|тревоги|threat|danger|alert|hazard",
        Alarm(Danger(Nuclear)),
    ),
    ("загроза|загрози радіаційної небезпеки", Alarm(Danger(Nuclear))),
    (
        "триває|тривають|продовжується|продолжается|продолжаются|діє|действует|зберігається|залишається|continues|continue|ongoing|remains|still",
        Alarm(GoesOn),
    ),
    ("still active|on|in", Alarm(GoesOn)),
    ("досі|ще триває|тривають|діє|діють", Alarm(GoesOn)),
    (
        "навчальн*|тестов*|тестування|учебн*|навчання|drill|exercise|test|testing|перевірка|проверка|тренування|тренировк*",
        Alarm(Drill),
    ),
    (
        "чи|якщо|если|коли|когда|when|if|whether|очікуємо|очікуйте|очікується|чекаємо|чекайте|чекати|чекай|дочека*|ждем|ждите|ожидаем|ожидайте|ожидается|await*|waiting|wait|скоро|незабаром|невдовзі|soon|expected|until|till|after|before|буде|будуть|будет|будут|will|був|была|был|be|можливо|возможно|possible|maybe|possibly|ймовірно|вероятно|вчора|вчера|yesterday|вночі|ночью|overnight|зранку|після|после|щойно|жодн*|чутки|слухи|rumor*|would|should|should't|мала|мав|могла|очікування|прогноз|хай|нехай|хоч|нібито|якби|невже|хіба|разве|просять|просимо",
        Alarm(Doubt),
    ),
    // Not "відбій" itself but something about it: "до відбою", "після відбою".
    ("відбою|відбоєм|відбої|відбоя|відбоїв|отбоя|отбою|отбоем|отбое|скасування|отмена|отмены", Alarm(OfEnd)),
    (
        "майже|здається|начебто|ніби|вроде|похоже|almost|seems|хочу|хочемо|дайте|вже|уже|поки|пока|yet|прохання|хто|де|що|якби|щоб|чтобы|ждать|чекаю|жду|мабуть|либонь|може|имитация",
        Alarm(Doubt),
    ),
    (
        "помилка|помилково|помилкою|фейк|неправда|спростовано|спростовуємо|уточнення|ошибка|ошибочно|неправда|fake|mistake|error|false|retracted|correction",
        Alarm(Retract),
    ),
    ("крім|окрім|кроме|except|excluding|excepting", Alarm(Except)),
    ("за винятком|исключением", Alarm(Except)),
    (
        "о|об|дано|дан|дали|пролунав|оголошений|объявлен|given|громадян|жителів|мешканців|шановні|друзі|ова|кмва|мва|ва|повідомляє|повідомляють|сообщает|інформує|слідкуйте|за|подальшими|повідомленнями|the|now|been|has|officially|офіційно|официально|stay|safe|можна|залишати|укриття|дякуємо|увага|attention|оголошено|оголошена|оголосили|объявлена|объявлено|declared|issued|announced|лунає|звучить|оголошують|розпочалася|почалась|почалася",
        Alarm(Declared),
    ),
    (
        "знята|зняті|снята|сняты|скасована|скасовані|скасували|скасовано|завершена|завершено|завершилась|завершилася|закінчилась|закінчилася|закінчена|отменена|отменено|завершена|окончена|закончилась|знято|ended|lifted|cancelled|canceled|ends",
        Alarm(Ended),
    ),
    ("called off", Alarm(Ended)),
    ("is|are|now|alert|was over", Alarm(Ended)),
    ("end of", Alarm(Ended)),
    (
        "жовтий|жовтого|жовтому|жовтим|желтый|желтого|yellow рівень|рівня|рівню|рівнем|рівні|уровень|уровня|level",
        Alarm(Level(Yellow)),
    ),
    (
        "червоний|червоного|червоному|червоним|красный|красного|red рівень|рівня|рівню|рівнем|рівні|уровень|уровня|level",
        Alarm(Level(Red)),
    ),
    ("рівень|уровень|level жовтий|желтый|yellow", Alarm(Level(Yellow))),
    ("рівень|уровень|level червоний|красный|red", Alarm(Level(Red))),
    ("по|на всій|всей україні|украине|території|территории", Alarm(Country)),
    ("вся|уся|всій|усій|всю|усю україна|україні|україну|украина", Alarm(Country)),
    ("all of|over ukraine", Alarm(Country)),
    ("across|throughout|entire|whole ukraine", Alarm(Country)),
    ("усіх|всіх|всех областях|областей|областям", Alarm(Country)),
];
