// The outbox as one encrypted file, for a phone that never reaches the network, and the receipt that comes back.
// Both are sealed under the key that this phone and the server agreed: ECDH on P-256, HKDF-SHA-256, AES-256-GCM.
// Layout: MAGIC, length of the header (4 bytes), header (JSON), nonce (12 bytes), ciphertext. All before the nonce
// is bound in, so nothing of it can be changed either.

import type { Item, Photo, Refusal, Receipt, Owner } from "./outbox";

/** What this phone and the server agreed. The private key cannot be read out of the browser. */
export type Device = { owner: Owner; device: number; jurisdiction: number; keys: CryptoKeyPair; serverKey: string };

export type Head = { kind: "outbox" | "receipt"; jurisdiction: number; device: number; file: string; made_at: string };

type Both = { zh: string; en: string };
export type Outcome = {
  key: string;
  state: "received" | "late" | "refused";
  at: string;
  number?: string | null;
  matter?: number | null;
  note?: Both;
  late?: Both | null;
  refusal?: Both & { status: number; code: string; faults: (Both & { pointer: string })[] };
};

/** Why a file cannot be taken; the page says each in words. */
export type Fault = "unreadable" | "kind" | "device" | "damaged";
export class FileFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

const MAGIC = new TextEncoder().encode("GSOB1\n");
const INFO = new TextEncoder().encode("gridsup/outbox-file");
const NONCE = 12;
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
/** More goes into the next file: a phone seals a file in its memory. */
export const MOST_BYTES = 96 * 1024 * 1024;

export const newKeys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);

export async function publicHex(keys: CryptoKeyPair): Promise<string> {
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
  return [...point].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The key that both sides can make and nobody else. */
export async function sharedKey({ keys, serverKey }: Pick<Device, "keys" | "serverKey">): Promise<CryptoKey> {
  const point = new Uint8Array(serverKey.match(/../g)!.map((byte) => parseInt(byte, 16)));
  const server = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, keys.privateKey, 256);
  const stretch = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: INFO };
  return crypto.subtle.deriveKey(how, stretch, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** The oldest waiting items that fit into one file, with the photos that they name, each once. */
export function chosen(items: Item[], photos: Map<string, Photo>, most: number = MOST_BYTES): { items: Item[]; photos: Photo[] } {
  const waiting = items.filter((item) => item.state === "waiting").sort((a, b) => a.madeAt.localeCompare(b.madeAt) || a.key.localeCompare(b.key));
  const taken: Item[] = [];
  const named = new Map<string, Photo>();
  let size = 0;
  for (const item of waiting) {
    const more = item.photos
      .map(({ sha256 }) => photos.get(sha256))
      .filter((photo): photo is Photo => photo?.blob != null && !named.has(photo.sha256));
    const grown = size + more.reduce((sum, photo) => sum + photo.blob!.size, 0);
    if (taken.length && grown > most) break;
    size = grown;
    taken.push(item);
    for (const photo of more) named.set(photo.sha256, photo);
  }
  return { items: taken, photos: [...named.values()] };
}

/** Items and photos as one sealed file. */
export async function sealed(device: Device, file: string, madeAt: string, items: Item[], photos: Photo[]): Promise<Blob> {
  const manifest = json({
    items: items.map(({ key, kind, title, path, body, photos: named, madeAt: made }) => ({ key, kind, title, path, body, photos: named, madeAt: made })),
    photos: photos.map(({ sha256, blob, kind, takenAt, fromGallery, place, clockAhead }) => ({ sha256, size: blob!.size, kind, takenAt, fromGallery, place, clockAhead })),
  });
  const plain = await new Blob([length(manifest), manifest, ...photos.map((photo) => photo.blob!)]).arrayBuffer();
  const { device: id, jurisdiction } = device;
  return seal(await sharedKey(device), { kind: "outbox", jurisdiction, device: id, file, made_at: madeAt }, plain);
}

/** A file under the shared key. */
export async function seal(key: CryptoKey, head: Head, plain: BufferSource): Promise<Blob> {
  const bound = bounded(head);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, key, plain);
  return new Blob([bound, iv, cipher], { type: "application/octet-stream" });
}

/** Open a receipt file: which outbox file it answers, and what became of each item. Throws FileFault. */
export async function opened(device: Device, content: ArrayBuffer): Promise<{ file: string; outcomes: Outcome[] }> {
  const bytes = new Uint8Array(content);
  const { head, end } = headOf(bytes);
  if (head.kind !== "receipt") throw new FileFault("kind");
  if (head.device !== device.device || head.jurisdiction !== device.jurisdiction) throw new FileFault("device");
  const how = { name: "AES-GCM", iv: bytes.slice(end, end + NONCE), additionalData: bytes.slice(0, end) };
  const plain = await crypto.subtle.decrypt(how, await sharedKey(device), bytes.slice(end + NONCE)).catch(() => {
    throw new FileFault("damaged");
  });
  return { file: head.file, ...(JSON.parse(new TextDecoder().decode(plain)) as { outcomes: Outcome[] }) };
}

/** What an outcome makes of an item: as if the server had answered itself. */
export function answeredBy(item: Item, outcome: Outcome, say: (words: Both) => string): Item {
  const { refusal } = outcome;
  const why: Refusal | null = refusal
    ? { status: refusal.status, code: refusal.code, message: say(refusal), faults: refusal.faults.map((one) => ({ pointer: one.pointer, detail: say(one) })) }
    : null;
  const receipt: Receipt | null = refusal
    ? null
    : {
        at: outcome.at,
        number: outcome.number ?? null,
        matter: outcome.matter ?? null,
        note: outcome.note ? say(outcome.note) : "",
        late: outcome.late ? say(outcome.late) : null,
      };
  return { ...item, state: outcome.state, refusal: why, receipt, attempts: item.attempts + 1 };
}

function headOf(bytes: Uint8Array): { head: Head; end: number } {
  const start = MAGIC.length + 4;
  try {
    if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new FileFault("unreadable");
    const end = start + new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length);
    return { head: JSON.parse(new TextDecoder().decode(bytes.slice(start, end))) as Head, end };
  } catch {
    throw new FileFault("unreadable");
  }
}

function bounded(head: Head): Uint8Array<ArrayBuffer> {
  const header = json(head);
  return new Uint8Array([...MAGIC, ...length(header), ...header]);
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function length(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setUint32(0, bytes.length);
  return four;
}
