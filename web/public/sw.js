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
  if (shown.some((one) => one.data?.seq > said.seq)) return;
  const at = Date.parse(said.as_of);
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
    data: { seq: said.seq, community: said.community },
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
  await ask('POST', { ...next.toJSON(), ...wishes });
  if (before && before.endpoint !== next.endpoint) await ask('DELETE', { endpoint: before.endpoint });
}
