/**
 * Push messages to this device: switched on and off by the reader, for communities, never for a place.
 *
 * What this device asked for is kept in the browser's cache, where the service worker finds it too (`public/sw.js`).
 */
import type { Lang } from './text';
import type { PushView } from './wire';

export interface Wishes {
  communities: string[];
  advisories: boolean;
  lang: Lang;
}

/** How switching on went. */
export type Outcome = 'on' | 'off' | 'denied' | 'later' | 'refused' | 'failed';

const CACHE = 'allclear-push';
const WISHES = '/push-wishes';
const SUBSCRIPTIONS = '/api/v1/push/subscriptions';

/** Whether this browser can take push messages at all. */
export const canPush = (): boolean => isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

const subscription = async (): Promise<PushSubscription | null> => {
  const worker = await navigator.serviceWorker.getRegistration('/');
  return (await worker?.pushManager.getSubscription()) ?? null;
};

/** What this device is sent; null when it is sent nothing, or when the server would not reach it any longer. Throws when it cannot be asked. */
export async function wished(): Promise<Wishes | null> {
  const mine = canPush() ? await subscription() : null;
  if (mine === null) return null;
  const about = (await (await fetch('/api/v1/push')).json()) as PushView;
  if (!about.enabled || base64url(mine.options.applicationServerKey) !== about.key) return null;
  const kept = await (await caches.open(CACHE)).match(WISHES);
  return kept === undefined ? null : ((await kept.json()) as Wishes);
}

const ask = (method: string, body: object): Promise<Response> =>
  fetch(SUBSCRIPTIONS, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** The bytes of base64url text as text to compare. */
const base64url = (bytes: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Subscribes this device, or changes what it is sent; only within a gesture of the reader. */
export async function pushOn(wishes: Wishes): Promise<Outcome> {
  try {
    if ((await Notification.requestPermission()) !== 'granted') return 'denied';
    const about = (await (await fetch('/api/v1/push')).json()) as PushView;
    if (!about.enabled || !about.key) return 'off';
    const worker = await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    let mine = await worker.pushManager.getSubscription();
    // Bound to a key that the server no longer has: nothing could be sent to it.
    if (mine !== null && base64url(mine.options.applicationServerKey) !== about.key) {
      await mine.unsubscribe();
      mine = null;
    }
    const fresh = mine === null;
    mine ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: about.key });
    const answer = await ask('POST', { ...mine.toJSON(), ...wishes });
    if (!answer.ok) {
      if (fresh) await mine.unsubscribe();
      return answer.status === 503 || answer.status === 429 ? 'later' : 'refused';
    }
    await (await caches.open(CACHE)).put(WISHES, new Response(JSON.stringify(wishes)));
    return 'on';
  } catch {
    return 'failed';
  }
}

/** Ends it, here and on the server. Without a server it ends here, and the push service tells the server with the next message. */
export async function pushOff(): Promise<void> {
  const mine = await subscription();
  await (await caches.open(CACHE)).delete(WISHES);
  if (mine === null) return;
  await ask('DELETE', { endpoint: mine.endpoint }).catch(() => undefined);
  await mine.unsubscribe();
}
