/**
 * Shows push messages while the page is closed, and keeps the subscription when the browser changes it.
 *
 * What always holds: each message is shown with its time; an older message never takes the place of a newer one; what cannot be
 * read says so instead of nothing. It fetches nothing and answers no request: a page from a cache would be an old picture.
 */
const CACHE = 'allclear-push';
const WISHES = '/push-wishes';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(show(read(event.data))));

function read(data) {
  try {
    const said = data.json();
    return typeof said.title === 'string' && typeof said.body === 'string' ? said : null;
  } catch {
    return null;
  }
}

/** "as of 14:05", in Kyiv's time, as the page says it. */
function asOf(said) {
  const at = new Date(said.as_of);
  if (Number.isNaN(at.getTime())) return '';
  const clock = new Intl.DateTimeFormat(said.lang === 'en' ? 'en-GB' : 'uk-UA', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Kyiv' }).format(at);
  return said.lang === 'en' ? ` As of ${clock}, Kyiv time.` : ` Стан на ${clock}.`;
}

async function show(said) {
  if (said === null) {
    const body = 'Надійшло сповіщення, яке не вдалося прочитати. Відкрийте сторінку. / A message came that could not be read. Open the page.';
    return self.registration.showNotification('AllClear', { body, icon: '/icon.svg', tag: 'allclear unread', data: {} });
  }
  const tag = `allclear ${said.status} ${said.community ?? 'hello'}`;
  const shown = await self.registration.getNotifications({ tag });
  const at = Date.parse(said.as_of);
  // Older by its number and no newer by its time: a record that was begun anew counts from the start, and is heard.
  if (shown.some((one) => one.data?.seq > said.seq && one.data?.at >= at)) return;
  const alert = said.state === 'active' || said.parts?.length > 0;
  await self.registration.showNotification(said.title, {
    body: said.body + asOf(said),
    lang: said.lang,
    icon: '/icon.svg',
    tag,
    renotify: true,
    requireInteraction: alert,
    vibrate: alert ? [400, 200, 400, 200, 400] : [200],
    ...(Number.isNaN(at) ? {} : { timestamp: at }),
    data: { seq: said.seq, at, community: said.community },
  });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data?.community));
});

async function openPage(community) {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (open[0] !== undefined) return open[0].focus();
  await self.clients.openWindow(community ? `/#area=${encodeURIComponent(community)}` : '/');
}

self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event.oldSubscription, event.newSubscription)));

async function renew(before, after) {
  const kept = await (await caches.open(CACHE)).match(WISHES);
  if (kept === undefined) return;
  const wishes = await kept.json();
  const about = await (await fetch('/api/v1/push')).json();
  if (!about.enabled) return;
  const next = after ?? (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: about.key }));
  const ask = (method, body) => fetch('/api/v1/push/subscriptions', { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await ask('POST', { ...next.toJSON(), ...wishes });
  // The server does not know it: then the page must not say that it is on, and the reader is told now.
  if (!answer.ok) {
    await next.unsubscribe();
    await (await caches.open(CACHE)).delete(WISHES);
    return off(wishes.lang);
  }
  if (before && before.endpoint !== next.endpoint) await ask('DELETE', { endpoint: before.endpoint });
}

/** Says that nothing will be sent to this device any longer. */
function off(lang) {
  const body =
    lang === 'en'
      ? 'Notifications are off: the browser changed its address and the server could not be told. Open the page and switch them on again.'
      : 'Сповіщення вимкнено: браузер змінив адресу, а сервер про це не дізнався. Відкрийте сторінку й увімкніть їх знову.';
  return self.registration.showNotification('AllClear', { body, lang, icon: '/icon.svg', tag: 'allclear off', requireInteraction: true, data: {} });
}
