/** Names of regions as paths of areas have them ("UA/Kirovohrad"), in Ukrainian. What is not here is shown as it is written. */
export const REGIONS_UA: Record<string, string> = {
  Crimea: 'Крим', Vinnytsia: 'Вінниччина', Volyn: 'Волинь', Dnipropetrovsk: 'Дніпропетровщина', Donetsk: 'Донеччина', Zhytomyr: 'Житомирщина', Zakarpattia: 'Закарпаття', Zaporizhzhia: 'Запоріжжя',
  'Ivano-Frankivsk': 'Івано-Франківщина', 'Kyiv Oblast': 'Київщина', Kirovohrad: 'Кіровоградщина', Luhansk: 'Луганщина', Lviv: 'Львівщина', Mykolaiv: 'Миколаївщина', Odesa: 'Одещина', Poltava: 'Полтавщина',
  Rivne: 'Рівненщина', Sumy: 'Сумщина', Ternopil: 'Тернопільщина', Kharkiv: 'Харківщина', Kherson: 'Херсонщина', Khmelnytskyi: 'Хмельниччина', Cherkasy: 'Черкащина', Chernivtsi: 'Буковина',
  Chernihiv: 'Чернігівщина', Kyiv: 'Київ', Sevastopol: 'Севастополь',
};
export const REGIONS_RU: Record<string, string> = { Belgorod: 'Бєлгородська область', Bryansk: 'Брянська область', Kursk: 'Курська область', Krasnodar: 'Краснодарський край', Rostov: 'Ростовська область', Saratov: 'Саратовська область', Voronezh: 'Воронезька область' };

/** Paths of regions, for whoever types one. */
export const PATHS: readonly string[] = ['UA', ...Object.keys(REGIONS_UA).map((it) => `UA/${it}`), 'RU', ...Object.keys(REGIONS_RU).map((it) => `RU/${it}`)];
