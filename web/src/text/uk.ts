/**
 * Ukrainian words of the page. The other languages have this file's type: a missing key does not compile.
 *
 * Short and sober: what is so, since when, by whose word, what to do. Nothing here says "safe".
 */

/** Picks the form a Ukrainian number asks for: 1 година, 2 години, 5 годин. */
const form = (n: number, one: string, few: string, many: string): string => {
  const tens = n % 100;
  const ones = n % 10;
  if (tens >= 11 && tens <= 14) return many;
  if (ones === 1) return one;
  return ones >= 2 && ones <= 4 ? few : many;
};

export const uk = {
  lang: 'uk',
  language: 'Українська',
  title: 'AllClear: повітряні тривоги',
  tagline: 'Від першого повідомлення до відбою',
  skip: 'До стану громади',

  exercise: {
    mark: 'НАВЧАННЯ',
    words: 'Це не справжня тривога. Усе на цій сторінці вигадане.',
    faster: (speed: number) => `Час іде у ${speed} ${form(speed, 'раз', 'рази', 'разів')} швидше.`,
  },

  state: {
    active: 'Тривога',
    elevated: 'Підвищена небезпека',
    unknown: 'Невідомо',
    clear: 'Тривоги немає',
    partial: 'Тривога в частині',
  },

  /** The headline of an alert by its type. */
  alarm: {
    air_raid: 'ТРИВОГА',
    artillery_shelling: 'ЗАГРОЗА ОБСТРІЛУ',
    urban_fights: 'ВУЛИЧНІ БОЇ',
    chemical: 'ХІМІЧНА ТРИВОГА',
    nuclear: 'РАДІАЦІЙНА ТРИВОГА',
  } as Record<string, string>,

  type: {
    air_raid: 'повітряна тривога',
    artillery_shelling: 'загроза артобстрілу',
    urban_fights: 'вуличні бої',
    chemical: 'хімічна загроза',
    nuclear: 'радіаційна загроза',
  } as Record<string, string>,

  level: { red: 'червоний рівень', yellow: 'жовтий рівень' } as Record<string, string>,

  /** What threatens, after a colon. */
  threat: {
    uav: 'загроза БпЛА',
    jet_uav: 'загроза реактивних БпЛА',
    recon_uav: 'розвідувальний БпЛА',
    fpv: 'загроза FPV-дронів',
    cruise_missile: 'загроза крилатих ракет',
    ballistic_missile: 'загроза балістики',
    missile: 'ракетна загроза',
    guided_bomb: 'загроза керованих авіабомб',
    aviation: 'активність авіації',
    mig31k: 'зліт МіГ-31К',
    artillery: 'загроза артобстрілу',
    unknown: 'вид загрози не названо',
  } as Record<string, string>,

  /** What flies, as the first word of a sentence. */
  kind: {
    uav: 'БпЛА',
    jet_uav: 'Реактивний БпЛА',
    recon_uav: 'Розвідувальний БпЛА',
    fpv: 'FPV-дрон',
    cruise_missile: 'Крилата ракета',
    ballistic_missile: 'Балістична ракета',
    missile: 'Ракета',
    guided_bomb: 'Керована авіабомба',
    aviation: 'Авіація',
    mig31k: 'МіГ-31К',
    artillery: 'Артилерія',
    unknown: 'Невідомий об’єкт',
  } as Record<string, string>,

  stage: { tentative: 'непідтверджена', confirmed: 'підтверджена', coasting: 'давно без нових повідомлень' } as Record<
    string,
    string
  >,

  time: {
    since: (clock: string, age: string) => `з ${clock} (${age})`,
    ago: (age: string) => `${age} тому`,
    now: 'щойно',
    s: (n: number) => `${n} с`,
    min: (n: number) => `${n} хв`,
    h: (n: number) => `${n} год`,
    d: (n: number) => `${n} ${form(n, 'день', 'дні', 'днів')}`,
    zone: 'Час київський.',
  },

  card: {
    region: 'Моя громада',
    country: 'Україна',
    alertFor: (names: string) => `Оголошено для: ${names}`,
    until: 'Чекайте на відбій: його скажуть тут прямо.',
    clear: 'Офіційної тривоги немає',
    saidClear: (clock: string, source: string, age: string) => `Тривоги немає з ${clock}, каже ${source}, почуто ${age}.`,
    noAlertBy: (source: string, age: string) => `Каже ${source}, почуто ${age}.`,
    saidActive: (source: string, age: string) => `Каже ${source}, почуто ${age}.`,
    unknown: 'НЕВІДОМО',
    why: {
      connecting: 'Сторінка ще не отримала даних від сервера.',
      link: 'Зв’язок із сервером втрачено.',
      silent: 'Офіційні джерела мовчать.',
      never: 'Жодне офіційне джерело ще нічого не сказало про це місце.',
    },
    silentSource: (source: string, age: string) => `${source} мовчить, востаннє почуто ${age}.`,
    lastKnown: {
      active: (at: string) => `Останнє відоме: ТРИВОГА (${at}).`,
      clear: (at: string) => `Останнє відоме: тривоги не було (${at}).`,
    },
    lastElevated: 'Останній прогноз AllClear: підвищена небезпека.',
    elevated: 'ПІДВИЩЕНА НЕБЕЗПЕКА',
    elevatedTag: 'Прогноз AllClear, не офіційна тривога',
    elevatedShort: 'Прогноз AllClear',
    officially: {
      clear: 'Офіційної тривоги немає.',
      unknown: 'Офіційний стан невідомий.',
      active: '',
    },
    disagreement: 'Офіційні джерела суперечать одне одному. Показано небезпечніше з них.',
    partial: (names: string) => `Тривога в частині: ${names}.`,
    partialPlain: 'У частині цієї території триває тривога.',
    inherited: (name: string) => `За станом: ${name}.`,
    counts: {
      active: (n: number) => `${n} ${form(n, 'регіон', 'регіони', 'регіонів')} з тривогою`,
      partial: (n: number) => `ще ${n} — у частині`,
      elevated: (n: number) => `${n} ${form(n, 'регіон', 'регіони', 'регіонів')} із підвищеною небезпекою`,
      unknown: (n: number) => `${n} ${form(n, 'регіон', 'регіони', 'регіонів')}: стан невідомий`,
      clear: (n: number) => `${n} ${form(n, 'регіон', 'регіони', 'регіонів')} без офіційної тривоги`,
    },
    choose: 'Оберіть свою громаду: сторінка скаже про неї першою.',
  },

  /** When something may arrive. */
  arrival: {
    within: (kind: string, from: string, to: string, percent: number) =>
      `${kind}: може бути тут приблизно за ${from}–${to} хв, імовірність ≈ ${percent} %.`,
    soon: (kind: string, to: string, percent: number) =>
      `${kind}: може бути тут будь-якої хвилини, найпізніше за ${to} хв, імовірність ≈ ${percent} %.`,
    over: (kind: string, percent: number) => `${kind}: уже може бути тут, імовірність ≈ ${percent} %.`,
    short: (from: string, to: string) => `за ${from}–${to} хв`,
    shortSoon: (to: string) => `до ${to} хв`,
    shortOver: 'уже може бути',
  },

  todo: {
    label: 'Що робити',
    shelter: 'Прямуйте в укриття. Залишайтеся там до відбою.',
    shelterNow: 'В укриття негайно: ракета може долетіти за лічені хвилини. Залишайтеся там до відбою.',
    walls: 'У підвал або за дві стіни від вулиці, подалі від вікон. Не виходьте до відбою.',
    fights: 'Не виходьте надвір. Тримайтеся подалі від вікон, якнайнижче.',
    chemical: 'Зайдіть у приміщення, зачиніть вікна й двері, вимкніть вентиляцію. Виконуйте вказівки рятувальників.',
    nuclear: 'Зайдіть у приміщення, краще в підвал, зачиніть вікна й двері. Виконуйте вказівки рятувальників.',
    elevated: 'Приготуйтеся йти в укриття. Почули сирену, звук двигуна чи вибух: ідіть одразу.',
    unknownActive: 'Поводьтеся так, ніби тривога триває. Слухайте сирени й офіційні канали.',
    unknown: 'Тиша не означає відбою. Слухайте сирени й перевірте офіційні канали.',
    clear: 'Стежте за сигналами. Почули вибухи: ідіть в укриття, не чекаючи сирени.',
  },

  banner: {
    label: 'Зв’язок',
    lost: (age: string) => `ЗВ’ЯЗОК ВТРАЧЕНО. Нічого не чути від сервера ${age}. Усе нижче — вже не теперішній стан.`,
    broken: 'Зв’язок перервався, відновлюємо…',
    connecting: 'Підключаємося до сервера…',
    sources: 'Жодне офіційне джерело не чути. Стан усіх громад невідомий або застарів.',
    retry: 'Пробуємо знову самі.',
  },

  age: {
    label: 'Дані',
    of: (clock: string, age: string) => `станом на ${clock}, ${age}`,
    none: 'даних ще немає',
  },

  chooser: {
    label: 'Знайти громаду, район або область',
    hint: 'Назва, наприклад Конотоп',
    none: 'Нічого не знайдено',
    found: (n: number) => `${n} ${form(n, 'варіант', 'варіанти', 'варіантів')}`,
    near: 'Поруч зі мною',
    nearNote: 'Місце визначає сам браузер і нікуди не надсилає.',
    nearFail: 'Місце не визначено. Знайдіть громаду за назвою.',
    change: 'Змінити',
    clear: 'Показувати всю країну',
    loading: 'Завантажуємо список громад…',
  },

  push: {
    heading: 'Сповіщати мене на цьому пристрої',
    never:
      'Push ніколи не єдиний канал. Сповіщення йде через службу вашого браузера: воно може спізнитися або не прийти: немає мережі, телефон розряджений чи в режимі тиші. Про те, що сповіщення не прийшло, вам не скаже ніхто. Слухайте сирени й офіційні канали.',
    privacy: 'Сервер зберігає лише адресу для push і обрану громаду. Де ви, він не знає.',
    advisories: 'Також прогноз AllClear (не офіційна тривога)',
    on: 'Сповіщати мене',
    change: (name: string) => `Сповіщати про: ${name}`,
    off: 'Більше не сповіщати',
    isOn: (name: string) => `Сповіщення увімкнено: ${name}.`,
    working: 'Зачекайте…',
    cannot: 'Цей браузер не приймає push-сповіщень. На iPhone спершу додайте сторінку на початковий екран і відкрийте її звідти.',
    outcome: {
      off: 'Цей сервер не надсилає push-сповіщень.',
      denied: 'Браузер не дозволив сповіщення. Дозвольте їх у налаштуваннях сайту.',
      later: 'Зараз не вийшло. Спробуйте ще раз за хвилину.',
      refused: 'Сервер не зміг надіслати перше сповіщення на цей пристрій.',
      failed: 'Браузер не зміг підписатися на сповіщення.',
    },
  },

  map: {
    heading: 'Карта',
    label: 'Карта: стан областей і районів, що летить і куди. Те саме словами — у списках на цій сторінці.',
    loading: 'Карта завантажується…',
    failed: 'Карта тут не працює (браузер не має WebGL). Усе те саме є словами на цій сторінці.',
    legend: 'Позначення',
    zoomIn: 'Ближче',
    zoomOut: 'Далі',
    wholeCountry: 'Уся країна',
    aboutHome: 'Довкола мене',
    red: 'Тривога, червоний рівень',
    yellow: 'Тривога, жовтий рівень',
    elevated: 'Підвищена небезпека (прогноз)',
    unknown: 'Невідомо',
    clear: 'Офіційної тривоги немає',
    ellipse: 'Де об’єкт, 9 шансів із 10',
    cone: 'Куди може летіти за 15 хв',
    approximate: 'Межі приблизні.',
    chosen: 'Обрано на карті',
    makeMine: 'Це моя громада',
    close: 'Закрити',
  },

  regions: {
    heading: 'Області й райони',
    quiet: 'Немає областей чи районів із тривогою, прогнозом або невідомим станом.',
    all: (n: number) => `Усі області (${n})`,
    wholeUnknown: 'Невідомий стан усіх областей і районів.',
    more: (n: number) => `і ще ${n}`,
  },

  why: {
    of: { official: 'Чому тут тривога', authority: 'Чому тут тривога', advisory: 'Чому такий прогноз' } as Record<string, string>,
    held: (who: string, clock: string, age: string) => `Тримає ${who} з ${clock} (${age}).`,
    second: (name: string) => `Підтвердив(ла) ${name}.`,
    asking: 'Читаємо журнал…',
    failed: 'Зараз журнал прочитати не вдалося. Стан вище від цього не змінився.',
    earlier: (n: number) => `і ще ${n} ${form(n, 'раніша подія', 'раніші події', 'раніших подій')}`,
    entry: (n: number, policy: string) => `Запис ${n} журналу${policy === '' ? '' : `, правила ${policy}`}`,
  },

  tracks: {
    heading: 'Що летить',
    none: 'Жодного об’єкта не простежується. Це не відбій.',
    count: (low: number, high: number | null) =>
      high === null ? `від ${low}` : low === high ? `${low}` : `${low}–${high}`,
    near: (name: string) => `біля: ${name}`,
    course: (wind: string, deg: number) => `курс ${wind} (${deg}°)`,
    courseUnknown: 'курс невідомий',
    speed: (kmh: number) => `${kmh} км/год`,
    within: (km: number) => `місце відоме з точністю ±${km} км`,
    seen: (age: string) => `останнє повідомлення ${age}`,
    existence: (percent: number) => `справді існує: ≈ ${percent} %`,
    reports: (n: number) => `Складено з ${n} ${form(n, 'повідомлення', 'повідомлень', 'повідомлень')}`,
    olderReports: 'Ці повідомлення давніші за ті, що тримає сторінка; у журналі вони є.',
    orKind: (kinds: string) => `може бути: ${kinds}`,
    toward: 'Може бути:',
    community: 'Громада',
    when: 'Коли',
    chance: 'Імовірність',
    history: 'Оцінки застаріли: зв’язок втрачено.',
  },

  winds: ['на північ', 'на північний схід', 'на схід', 'на південний схід', 'на південь', 'на південний захід', 'на захід', 'на північний захід'],

  sources: {
    heading: 'Джерела',
    none: 'Жодного джерела не налаштовано: стан лишатиметься невідомим.',
    official: 'офіційне',
    evidence: 'спостереження',
    link: { live: 'на зв’язку', stale: 'мовчить', never: 'ще не чути' } as Record<string, string>,
    heard: (age: string) => `почуто ${age}`,
    limit: (age: string) => `мовчання понад ${age} — стан невідомий`,
    accepted: (n: number) => `прийнято ${n}`,
    refused: (n: number) => `відхилено ${n}`,
    lastRefusal: (words: string) => `Останнє відхилене: ${words}`,
  },

  reports: {
    heading: 'Останні повідомлення',
    none: 'Повідомлень ще немає.',
    read: 'Прочитано',
    refused: 'Відхилено',
    nothing: 'Нічого не прочитано',
    all: (n: number) => `Показати всі (${n})`,
    fewer: 'Показати менше',
    wordless: 'без тексту',
  },

  settings: {
    theme: 'Тема',
    themes: { auto: 'Як у системі', light: 'Світла', dark: 'Темна' } as Record<string, string>,
    languages: 'Мова',
    sound: 'Звук',
  },

  footer: {
    modes: {
      relay: 'Режим ретрансляції: офіційні тривоги передаються без змін, прогноз стоїть поруч і ніколи не є відбоєм.',
      authority: 'Режим центру: тривоги оголошує цей центр.',
    } as Record<string, string>,
    map: 'Межі й центри приблизні: Natural Earth; GeoNames (CC BY 4.0); КАТОТТГ.',
    chronicle: 'Хроніка: що казали і що сталося',
    aside: 'AllClear попереджає людей і не керує зброєю. Головним лишається голос офіційних сирен.',
  },
};

/** What every language must say. */
export type Words = typeof uk;
