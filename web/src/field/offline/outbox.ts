// The outbox's rules, without a browser: what is sent in which order, and what an answer makes of an item.
// Photos go first, by their hash; then the item that names them, under a key that the phone made once. Sending
// again is harmless, so an item leaves the state `waiting` only when the server has answered.

/** Whose item it is: `jurisdiction:officer`. What one officer reported is never sent under another's name. */
export type Owner = string;
export type Kind = "visit" | "finding" | "act" | "place" | "start" | "transfer" | "skip" | "revisit" | "service";
export type State = "waiting" | "received" | "late" | "refused";

export type PhotoRef = { sha256: string; caption: string };

/** Why the server said no, or why it could not answer yet. */
export type Refusal = { status: number; code: string; message: string; faults: { pointer: string; detail: string }[] };

/** The server's word that it has the item. */
export type Receipt = {
  at: string;
  number: string | null;
  matter: number | null;
  note: string;
  late: string | null;
  /** Of an urgent finding: who received it, above all that nobody is on duty. */
  goesTo?: string;
};

export type Item = {
  key: string;
  owner: Owner;
  kind: Kind;
  /** What the list calls it: the household, the matter. */
  title: string;
  /** Where it goes: the matter and action of an act, the household of a placing. */
  path: Record<string, string | number>;
  body: Record<string, unknown>;
  photos: PhotoRef[];
  /** Order of making; also the order of sending. */
  madeAt: string;
  state: State;
  attempts: number;
  refusal: Refusal | null;
  receipt: Receipt | null;
  /** The files that it went into as it stands; the receipt of any of them settles it. */
  exported?: { files: string[]; at: string };
};

export type Photo = {
  sha256: string;
  owner: Owner;
  /** The original bytes; null once every item that names the photo has arrived. */
  blob: Blob | null;
  size: number;
  kind: string;
  takenAt: string | null;
  fromGallery: boolean;
  /** Where the phone stood when it was taken, and how far its clock was ahead then (ms). */
  place?: { lon: number; lat: number; accuracy_m: number } | null;
  clockAhead?: number;
  state: "waiting" | "received" | "refused";
};

export interface Store {
  items(owner: Owner): Promise<Item[]>;
  putItem(item: Item): Promise<void>;
  photo(owner: Owner, sha256: string): Promise<Photo | undefined>;
  putPhoto(photo: Photo): Promise<void>;
}

/** What the line to the server throws when the answer is not a success. Status 0: there was no answer. */
export class Failure extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export interface Line {
  /** Whose session the requests carry now; null when nobody is signed in. */
  owner(): Owner | null;
  missing(hashes: string[]): Promise<string[]>;
  upload(photo: Photo): Promise<void>;
  send(item: Item): Promise<Receipt>;
}

/** Why a run ended before the list did; null when every waiting item was tried. */
export type Stop = null | "offline" | "busy" | "sign-in" | "other-officer";

type Progress = (now: { key: string | null; sha256: string | null }) => void;

/** Try every waiting item of the owner, oldest first. */
export async function flush(owner: Owner, store: Store, line: Line, progress: Progress = () => {}): Promise<Stop> {
  const waiting = (await store.items(owner)).filter((item) => item.state === "waiting");
  waiting.sort((a, b) => a.madeAt.localeCompare(b.madeAt) || a.key.localeCompare(b.key));
  try {
    for (const item of waiting) {
      if (line.owner() !== owner) return line.owner() === null ? "sign-in" : "other-officer";
      const stop = await deliver(item, store, line, progress);
      if (stop) return stop;
    }
    return null;
  } finally {
    progress({ key: null, sha256: null });
  }
}

async function deliver(item: Item, store: Store, line: Line, progress: Progress): Promise<Stop> {
  progress({ key: item.key, sha256: null });
  try {
    await sendPhotos(item, store, line, progress);
    progress({ key: item.key, sha256: null });
    const receipt = await line.send(item).catch(async (error: unknown) => {
      if (!(error instanceof Failure && error.refusal.code === "photo-absent")) throw error;
      // The server knows a photo no more that it took before: ask again which are missing, once.
      await sendPhotos(item, store, line, progress);
      return line.send(item);
    });
    const state = receipt.late === null ? "received" : "late";
    await store.putItem({ ...item, state, receipt, refusal: null, attempts: item.attempts + 1 });
    await release(item, store);
    return null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { refusal } = error;
    const stop = stopOf(refusal);
    const state = stop === null && refusal.status < 500 ? "refused" : "waiting";
    await store.putItem({ ...item, state, refusal, attempts: item.attempts + 1 });
    return stop;
  }
}

/** Nothing more can be sent for now: no network, no session, a server that asks for patience. */
function stopOf({ status, code }: Refusal): Stop {
  if (status === 0) return "offline";
  if (status === 401 || code === "csrf" || code === "password-must-change") return "sign-in";
  return status === 408 || status === 429 || status === 503 ? "busy" : null;
}

async function sendPhotos(item: Item, store: Store, line: Line, progress: Progress): Promise<void> {
  if (!item.photos.length) return;
  const missing = new Set(await line.missing(item.photos.map((photo) => photo.sha256)));
  for (const { sha256 } of item.photos) {
    const photo = await store.photo(item.owner, sha256);
    if (missing.has(sha256)) {
      if (!photo?.blob) throw lost(sha256);
      progress({ key: item.key, sha256 });
      try {
        await line.upload(photo);
      } catch (error) {
        if (error instanceof Failure && stopOf(error.refusal) === null && error.refusal.status < 500) {
          await store.putPhoto({ ...photo, state: "refused" });
        }
        throw error;
      }
    }
    if (photo) await store.putPhoto({ ...photo, state: "received" });
  }
}

/** Keep an answer that came by file; the photos of what was taken are the server's now. */
export async function settled(item: Item, store: Store): Promise<void> {
  await store.putItem(item);
  if (item.state === "refused") return;
  for (const { sha256 } of item.photos) {
    const photo = await store.photo(item.owner, sha256);
    if (photo) await store.putPhoto({ ...photo, state: "received" });
  }
  await release(item, store);
}

function lost(sha256: string): Failure {
  return new Failure({ status: 400, code: "photo-lost", message: sha256, faults: [] });
}

/** Free the space of photos that no item needs any more: the server has them and every item that names them. */
async function release(done: Item, store: Store): Promise<void> {
  const open = (await store.items(done.owner)).filter((item) => item.state === "waiting" || item.state === "refused");
  const needed = new Set(open.flatMap((item) => item.photos.map((photo) => photo.sha256)));
  for (const { sha256 } of done.photos) {
    const photo = await store.photo(done.owner, sha256);
    if (photo && !needed.has(sha256)) await store.putPhoto({ ...photo, blob: null });
  }
}

/** Send a refused item again, corrected or as it is. One whose key was spent on another content gets a new key. */
export function again(item: Item, changed: Partial<Pick<Item, "body" | "photos" | "title">>, freshKey: () => string): Item {
  const spent = item.refusal?.code === "key-reused";
  return { ...item, ...changed, key: spent ? freshKey() : item.key, state: "waiting", refusal: null, exported: undefined };
}

/** Matters with an act or a hand-over under way in the outbox: their next step waits for its answer. A paper served
 *  is an act where a step of the matter is taken by it: then it names the matter. */
export function mattersUnderWay(items: Item[]): Set<number> {
  const open = items.filter((item) => item.path.matter_id !== undefined && item.state === "waiting");
  return new Set(open.map((item) => Number(item.path.matter_id)));
}
