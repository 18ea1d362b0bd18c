/** English words of the page. */
import type { Words } from './uk';

const s = (n: number, one: string, many = `${one}s`): string => (n === 1 ? one : many);

export const en: Words = {
  lang: 'en',
  language: 'English',
  title: 'AllClear: air-raid alerts',
  tagline: 'From the first report to the all-clear',
  skip: 'To the state of my community',

  exercise: {
    mark: 'EXERCISE',
    words: 'This is not a real alert. Everything on this page is invented.',
    faster: (speed) => `Time runs ${speed} times as fast.`,
  },

  state: {
    active: 'Alert',
    elevated: 'Elevated danger',
    unknown: 'Unknown',
    clear: 'No alert',
    partial: 'Alert in part',
  },

  alarm: {
    air_raid: 'ALERT',
    artillery_shelling: 'SHELLING THREAT',
    urban_fights: 'STREET FIGHTING',
    chemical: 'CHEMICAL ALERT',
    nuclear: 'RADIATION ALERT',
  },

  type: {
    air_raid: 'air raid alert',
    artillery_shelling: 'artillery threat',
    urban_fights: 'street fighting',
    chemical: 'chemical threat',
    nuclear: 'radiation threat',
  },

  level: { red: 'red level', yellow: 'yellow level' },

  threat: {
    uav: 'drone threat',
    jet_uav: 'jet drone threat',
    recon_uav: 'reconnaissance drone',
    fpv: 'FPV drone threat',
    cruise_missile: 'cruise missile threat',
    ballistic_missile: 'ballistic threat',
    missile: 'missile threat',
    guided_bomb: 'guided bomb threat',
    aviation: 'aircraft activity',
    mig31k: 'MiG-31K take-off',
    artillery: 'artillery threat',
    unknown: 'kind of threat not named',
  },

  kind: {
    uav: 'Drone',
    jet_uav: 'Jet drone',
    recon_uav: 'Reconnaissance drone',
    fpv: 'FPV drone',
    cruise_missile: 'Cruise missile',
    ballistic_missile: 'Ballistic missile',
    missile: 'Missile',
    guided_bomb: 'Guided bomb',
    aviation: 'Aircraft',
    mig31k: 'MiG-31K',
    artillery: 'Artillery',
    unknown: 'Unknown object',
  },

  stage: { tentative: 'unconfirmed', confirmed: 'confirmed', coasting: 'no new reports for long' },

  time: {
    since: (clock, age) => `since ${clock} (${age})`,
    ago: (age) => `${age} ago`,
    now: 'just now',
    s: (n) => `${n} s`,
    min: (n) => `${n} min`,
    h: (n) => `${n} h`,
    d: (n) => `${n} ${s(n, 'day')}`,
    zone: 'Kyiv time.',
  },

  card: {
    region: 'My community',
    country: 'Ukraine',
    alertFor: (names) => `Declared for: ${names}`,
    until: 'Wait for the all-clear: it will be said here in plain words.',
    clear: 'No official alert',
    saidClear: (clock, source, age) => `No alert since ${clock}, says ${source}, heard ${age}.`,
    noAlertBy: (source, age) => `Says ${source}, heard ${age}.`,
    saidActive: (source, age) => `Says ${source}, heard ${age}.`,
    unknown: 'UNKNOWN',
    why: {
      connecting: 'This page has not yet received anything from the server.',
      link: 'The link to the server is lost.',
      silent: 'The official sources are silent.',
      never: 'No official source has yet said anything of this place.',
    },
    silentSource: (source, age) => `${source} is silent, last heard ${age}.`,
    lastKnown: {
      active: (at) => `Last known: ALERT (${at}).`,
      clear: (at) => `Last known: no alert (${at}).`,
    },
    lastElevated: 'Last forecast by AllClear: elevated danger.',
    elevated: 'ELEVATED DANGER',
    elevatedTag: 'Forecast by AllClear, not an official alert',
    elevatedShort: 'Forecast by AllClear',
    officially: {
      clear: 'There is no official alert.',
      unknown: 'The official state is unknown.',
      active: '',
    },
    disagreement: 'Official sources contradict each other. The more dangerous word is shown.',
    partial: (names) => `Alert in part: ${names}.`,
    partialPlain: 'Part of this area is under alert.',
    inherited: (name) => `As stated for: ${name}.`,
    counts: {
      active: (n) => `${n} ${s(n, 'region')} under alert`,
      partial: (n) => `${n} more in part`,
      elevated: (n) => `${n} ${s(n, 'region')} in elevated danger`,
      unknown: (n) => `${n} ${s(n, 'region')} unknown`,
      clear: (n) => `${n} ${s(n, 'region')} without an official alert`,
    },
    choose: 'Choose your community: the page will speak of it first.',
  },

  arrival: {
    within: (kind, from, to, percent) => `${kind}: may be here in about ${from}–${to} min, probability ≈ ${percent}%.`,
    soon: (kind, to, percent) => `${kind}: may be here any minute, within ${to} min at the latest, probability ≈ ${percent}%.`,
    over: (kind, percent) => `${kind}: may be here already, probability ≈ ${percent}%.`,
    short: (from, to) => `in ${from}–${to} min`,
    shortSoon: (to) => `within ${to} min`,
    shortOver: 'may be there already',
  },

  todo: {
    label: 'What to do',
    shelter: 'Go to a shelter. Stay there until the all-clear.',
    shelterNow: 'Take shelter now: a missile may arrive within minutes. Stay there until the all-clear.',
    walls: 'Go to a basement, or behind two walls from the street, away from windows. Stay until the all-clear.',
    fights: 'Stay indoors, away from windows, as low as you can.',
    chemical: 'Go indoors, close windows and doors, turn off ventilation. Follow the rescuers’ instructions.',
    nuclear: 'Go indoors, best to a basement, close windows and doors. Follow the rescuers’ instructions.',
    elevated: 'Be ready to go to a shelter. If you hear a siren, an engine or an explosion, go at once.',
    unknownActive: 'Act as if the alert goes on. Listen for sirens and official channels.',
    unknown: 'Silence is not an all-clear. Listen for sirens and check official channels.',
    clear: 'Stay alert for signals. If you hear explosions, take shelter without waiting for the siren.',
  },

  banner: {
    label: 'Link',
    lost: (age) => `LINK LOST. Nothing heard from the server for ${age}. What follows is no longer the present state.`,
    broken: 'The link broke, reconnecting…',
    connecting: 'Connecting to the server…',
    sources: 'No official source is heard. The state of every community is unknown or out of date.',
    retry: 'We keep trying.',
  },

  age: {
    label: 'Data',
    of: (clock, age) => `as of ${clock}, ${age}`,
    none: 'no data yet',
  },

  chooser: {
    label: 'Find a community, raion or region',
    hint: 'A name, such as Konotop',
    none: 'Nothing found',
    found: (n) => `${n} ${s(n, 'match', 'matches')}`,
    near: 'Near me',
    nearNote: 'Your browser works out the place itself and sends it nowhere.',
    nearFail: 'The place could not be determined. Find your community by name.',
    change: 'Change',
    clear: 'Show the whole country',
    loading: 'Loading the list of communities…',
  },

  push: {
    heading: 'Notify me on this device',
    never:
      'Push is never the only channel. A message goes through your browser’s push service: it may come late or not at all, without network, with an empty battery, or in silent mode. Nobody tells you that a message did not come. Listen for sirens and official channels.',
    privacy: 'The server keeps only the push address and the chosen community. It does not know where you are.',
    advisories: 'The forecast by AllClear too (not an official alert)',
    on: 'Notify me',
    change: (name) => `Notify me about: ${name}`,
    off: 'Notify me no more',
    isOn: (name) => `Notifications are on: ${name}.`,
    working: 'One moment…',
    cannot: 'This browser takes no push messages. On an iPhone first add the page to the home screen and open it from there.',
    outcome: {
      off: 'This server sends no push messages.',
      denied: 'The browser did not allow notifications. Allow them in the settings of this site.',
      later: 'It did not work just now. Try again in a minute.',
      refused: 'The server could not send a first message to this device.',
      failed: 'The browser could not subscribe to messages.',
    },
  },

  map: {
    heading: 'Map',
    label: 'Map: the state of regions and raions, what flies and where to. The same is in words in the lists of this page.',
    loading: 'The map is loading…',
    failed: 'The map does not work here (the browser has no WebGL). The same is in words on this page.',
    legend: 'Legend',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    wholeCountry: 'Whole country',
    aboutHome: 'Around me',
    red: 'Alert, red level',
    yellow: 'Alert, yellow level',
    elevated: 'Elevated danger (forecast)',
    unknown: 'Unknown',
    clear: 'No official alert',
    ellipse: 'Where the object is, 9 chances in 10',
    cone: 'Where it may fly in 15 min',
    approximate: 'Borders are approximate.',
    chosen: 'Chosen on the map',
    makeMine: 'This is my community',
    close: 'Close',
  },

  regions: {
    heading: 'Regions and raions',
    quiet: 'No region or raion is under alert, in forecast danger or unknown.',
    all: (n) => `All regions (${n})`,
    wholeUnknown: 'The state of every region and raion is unknown.',
    more: (n) => `and ${n} more`,
  },

  why: {
    of: { official: 'Why there is an alert', authority: 'Why there is an alert', advisory: 'Why this forecast' },
    held: (who, clock, age) => `Held by ${who} since ${clock} (${age}).`,
    second: (name) => `Seconded by ${name}.`,
    asking: 'Reading the record…',
    failed: 'The record could not be read now. The state above is as true as before.',
    earlier: (n) => `and ${n} earlier ${s(n, 'event')}`,
    entry: (n, policy) => `Entry ${n} of the record${policy === '' ? '' : `, policy ${policy}`}`,
  },

  tracks: {
    heading: 'What flies',
    none: 'No object is being followed. This is not an all-clear.',
    count: (low, high) => (high === null ? `${low} or more` : low === high ? `${low}` : `${low}–${high}`),
    near: (name) => `near: ${name}`,
    course: (wind, deg) => `heading ${wind} (${deg}°)`,
    courseUnknown: 'course unknown',
    speed: (kmh) => `${kmh} km/h`,
    within: (km) => `place known to ±${km} km`,
    seen: (age) => `last reported ${age}`,
    existence: (percent) => `really there: ≈ ${percent}%`,
    reports: (n) => `Made from ${n} ${s(n, 'report')}`,
    olderReports: 'These reports are older than what this page keeps; the record has them.',
    orKind: (kinds) => `may be: ${kinds}`,
    toward: 'It may be at:',
    community: 'Community',
    when: 'When',
    chance: 'Probability',
    history: 'Out of date: the link is lost.',
  },

  winds: ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],

  sources: {
    heading: 'Sources',
    none: 'No source is configured: the state will remain unknown.',
    official: 'official',
    evidence: 'observation',
    link: { live: 'live', stale: 'silent', never: 'not heard yet' },
    heard: (age) => `heard ${age}`,
    limit: (age) => `silent for more than ${age} means unknown`,
    accepted: (n) => `${n} accepted`,
    refused: (n) => `${n} refused`,
    lastRefusal: (words) => `Last refused: ${words}`,
  },

  reports: {
    heading: 'Recent reports',
    none: 'No reports yet.',
    read: 'Read as',
    refused: 'Refused',
    nothing: 'Nothing was read',
    all: (n) => `Show all (${n})`,
    fewer: 'Show fewer',
    wordless: 'no text',
  },

  settings: {
    theme: 'Theme',
    themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
    languages: 'Language',
    sound: 'Sound',
  },

  footer: {
    modes: {
      relay: 'Relay mode: official alerts are passed on unaltered; the forecast stands beside them and is never an all-clear.',
      authority: 'Authority mode: alerts are declared by this centre.',
    },
    map: 'Borders and centres are approximate: Natural Earth; GeoNames (CC BY 4.0); KATOTTG.',
    chronicle: 'The chronicle: what was said and what happened',
    aside: 'AllClear warns people and directs no weapons. The official sirens come first.',
  },
};
