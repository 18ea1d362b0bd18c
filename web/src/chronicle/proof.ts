/**
 * Inclusion of an entry in the record, worked out in the browser from its proof (C2SP tlog-proof; RFC 9162, section 2.1.3.2).
 *
 * In: the entry's bytes and its proof. Out: whether the root worked out is that of the checkpoint in the proof.
 * Deliberately absent: the checkpoint's signature. `allclear record check` verifies it with a key that did not come from this server.
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const HASH_BYTES = 32;
/** Most hashes of a path: a log has fewer than 2^63 entries. */
const HASHES_MAX = 63;

type Bytes = Uint8Array<ArrayBuffer>;

export interface TlogProof {
  index: number;
  hashes: Bytes[];
  origin: string;
  size: number;
  root: Bytes;
}

function hash(line: string): Bytes {
  const bytes = Uint8Array.from(atob(line), (it) => it.charCodeAt(0));
  if (bytes.length !== HASH_BYTES) throw new Error('a hash that is no SHA-256');
  return bytes;
}

function whole(text: string | undefined): number {
  const n = Number(text);
  if (text === undefined || !/^(0|[1-9]\d*)$/.test(text) || !Number.isSafeInteger(n)) throw new Error('a number that is none');
  return n;
}

/** Reads a proof. Throws what is wrong with it. */
export function readProof(text: string): TlogProof {
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, Math.max(0, cut)).split('\n');
  if (lines.shift() !== FIRST_LINE) throw new Error('no tlog-proof');
  if (lines[0]?.startsWith('extra ')) lines.shift();
  const index = whole(/^index (.*)$/.exec(lines.shift() ?? '')?.[1]);
  if (lines.length > HASHES_MAX) throw new Error('more hashes than a log has levels');
  const [origin, size, root] = text.slice(cut + 2).split('\n');
  return { index, hashes: lines.map(hash), origin: origin ?? '', size: whole(size), root: hash(root ?? '') };
}

async function sha(prefix: number, ...parts: Uint8Array[]): Promise<Bytes> {
  const all = new Uint8Array(1 + parts.reduce((sum, it) => sum + it.length, 0));
  all[0] = prefix;
  let at = 1;
  for (const it of parts) {
    all.set(it, at);
    at += it.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

/** Whether `entry` is where the proof says. */
export async function includes(entry: Uint8Array, proof: TlogProof): Promise<boolean> {
  if (proof.index >= proof.size) return false;
  // The names of the RFC: fn is the node's number at its level, sn that of the last node there.
  let [fn, sn] = [proof.index, proof.size - 1];
  let r = await sha(0, entry);
  const up = (): void => {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  };
  for (const p of proof.hashes) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = await sha(1, p, r);
      while (fn % 2 === 0 && fn !== 0) up();
    } else {
      r = await sha(1, r, p);
    }
    up();
  }
  return sn === 0 && r.every((it, at) => it === proof.root[at]);
}

export type Proven = { holds: boolean; size: number } | { cannot: string };

export const entryPath = (index: number): string => `/api/v1/record/entries/${index}`;
export const proofPath = (index: number): string => `${entryPath(index)}/proof`;

/** Asks the server for the entry and its proof, and works it out. */
export async function prove(index: number): Promise<Proven> {
  // Browsers give it to pages that came by https or from this machine.
  if (typeof crypto.subtle === 'undefined') return { cannot: 'crypto.subtle (https)' };
  try {
    const bytes = async (path: string): Promise<Uint8Array> => {
      const answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      return new Uint8Array(await answer.arrayBuffer());
    };
    const [entry, text] = await Promise.all([bytes(entryPath(index)), bytes(proofPath(index))]);
    const proof = readProof(new TextDecoder().decode(text));
    return { holds: proof.index === index && (await includes(entry, proof)), size: proof.size };
  } catch (error) {
    return { cannot: error instanceof Error ? error.message : String(error) };
  }
}
