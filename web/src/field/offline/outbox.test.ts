import { describe, expect, it } from "vitest";
import { again, Failure, flush, mattersUnderWay, type Item, type Line, type Photo, type Receipt, type Store } from "./outbox";

const A = "420103:1";
const B = "420103:2";

function item(key: string, more: Partial<Item> = {}): Item {
  return {
    key, owner: A, kind: "finding", title: key, path: {}, body: {}, photos: [], madeAt: `2026-03-01T08:00:0${key.length}Z`,
    state: "waiting", attempts: 0, refusal: null, receipt: null, ...more,
  };
}

function photo(sha256: string, more: Partial<Photo> = {}): Photo {
  return {
    sha256, owner: A, blob: new Blob([sha256]), size: 1, kind: "scene", takenAt: null, fromGallery: false,
    state: "waiting", ...more,
  };
}

class Memory implements Store {
  kept: Map<string, Item>;
  photos: Map<string, Photo>;
  constructor(items: Item[], photos: Photo[] = []) {
    this.kept = new Map(items.map((one) => [one.key, one]));
    this.photos = new Map(photos.map((one) => [`${one.owner}/${one.sha256}`, one]));
  }
  items = async (owner: string) => [...this.kept.values()].filter((one) => one.owner === owner);
  putItem = async (one: Item) => void this.kept.set(one.key, one);
  photo = async (owner: string, sha256: string) => this.photos.get(`${owner}/${sha256}`);
  putPhoto = async (one: Photo) => void this.photos.set(`${one.owner}/${one.sha256}`, one);
  state = (key: string) => this.kept.get(key)?.state;
}

/** A server that keeps what it was sent: by hash, and by key. `answers` may refuse or break off. */
class Server implements Line {
  log: string[] = [];
  files = new Set<string>();
  items = new Map<string, Item>();
  who: string | null = A;
  constructor(readonly answers: { send?: (item: Item, nth: number) => Receipt | void; upload?: (sha256: string) => void } = {}) {}
  owner = () => this.who;
  missing = async (hashes: string[]) => hashes.filter((hash) => !this.files.has(hash));
  async upload({ sha256 }: Photo) {
    this.log.push(`photo ${sha256}`);
    this.answers.upload?.(sha256);
    this.files.add(sha256);
  }
  async send(one: Item): Promise<Receipt> {
    this.log.push(one.key);
    const told = this.answers.send?.(one, this.log.filter((line) => line === one.key).length);
    this.items.set(one.key, one);
    return told ?? { at: "2026-03-01T09:00:00Z", number: null, matter: 7, note: "", late: null };
  }
}

const fail = (status: number, code = "refused"): never => {
  throw new Failure({ status, code, message: code, faults: [] });
};

describe("the outbox", () => {
  it("sends photos first, by hash, and only those that the server lacks", async () => {
    const store = new Memory([item("a", { photos: [{ sha256: "p1", caption: "" }, { sha256: "p2", caption: "" }] })], [photo("p1"), photo("p2")]);
    const server = new Server();
    server.files.add("p1");
    expect(await flush(A, store, server)).toBeNull();
    expect(server.log).toEqual(["photo p2", "a"]);
    expect([...store.photos.values()].map((one) => one.state)).toEqual(["received", "received"]);
    expect(store.kept.get("a")).toMatchObject({ state: "received", receipt: { matter: 7 } });
  });

  it("sends in the order in which things were made", async () => {
    const store = new Memory([item("ccc"), item("a"), item("bb")]);
    const server = new Server();
    await flush(A, store, server);
    expect(server.log).toEqual(["a", "bb", "ccc"]);
  });

  it("keeps everything waiting while the network is away, and does not try the rest", async () => {
    const store = new Memory([item("a"), item("bb")]);
    const server = new Server({ send: () => fail(0, "offline") });
    expect(await flush(A, store, server)).toBe("offline");
    expect(server.log).toEqual(["a"]);
    expect([store.state("a"), store.state("bb")]).toEqual(["waiting", "waiting"]);
  });

  it("sends the same key again after a lost answer, so the server has it once", async () => {
    const store = new Memory([item("a")]);
    let lost = true;
    const server = new Server();
    server.send = async (one) => {
      server.log.push(one.key);
      server.items.set(one.key, one);
      if (lost) fail(0, "offline");
      return { at: "2026-03-01T09:00:00Z", number: "1", matter: 7, note: "", late: null };
    };
    expect(await flush(A, store, server)).toBe("offline");
    lost = false;
    expect(await flush(A, store, server)).toBeNull();
    expect(server.log).toEqual(["a", "a"]);
    expect(server.items.size).toBe(1);
    expect(store.state("a")).toBe("received");
  });

  it("does not send again what was received, refused or late", async () => {
    const store = new Memory([item("a", { state: "received" }), item("bb", { state: "refused" }), item("ccc", { state: "late" })]);
    const server = new Server();
    await flush(A, store, server);
    expect(server.log).toEqual([]);
  });

  it("marks a refusal with its reason and goes on with the others", async () => {
    const store = new Memory([item("a"), item("bb")]);
    const server = new Server({ send: (one) => (one.key === "a" ? fail(422, "form-invalid") : undefined) });
    expect(await flush(A, store, server)).toBeNull();
    expect(store.kept.get("a")).toMatchObject({ state: "refused", refusal: { code: "form-invalid" } });
    expect(store.state("bb")).toBe("received");
  });

  it("keeps waiting when the server itself fails, and does not let one such item hold up the others", async () => {
    const store = new Memory([item("a"), item("bb")]);
    const server = new Server({ send: (one) => (one.key === "a" ? fail(500, "internal") : undefined) });
    expect(await flush(A, store, server)).toBeNull();
    expect(store.kept.get("a")).toMatchObject({ state: "waiting", attempts: 1, refusal: { status: 500 } });
    expect(store.state("bb")).toBe("received");
  });

  it("stops at a server that asks for patience", async () => {
    const store = new Memory([item("a"), item("bb")]);
    const server = new Server({ send: () => fail(503, "database-unavailable") });
    expect(await flush(A, store, server)).toBe("busy");
    expect(server.log).toEqual(["a"]);
  });

  it("asks for sign-in when the session is over, and keeps the items", async () => {
    const store = new Memory([item("a")]);
    const server = new Server({ send: () => fail(401, "session-over") });
    expect(await flush(A, store, server)).toBe("sign-in");
    expect(store.state("a")).toBe("waiting");
  });

  it("keeps an act that arrived late, marked so", async () => {
    const store = new Memory([item("a", { kind: "act" })]);
    const server = new Server({ send: () => ({ at: "2026-03-01T09:00:00Z", number: null, matter: 7, note: "", late: "matter-changed" }) });
    await flush(A, store, server);
    expect(store.kept.get("a")).toMatchObject({ state: "late", receipt: { late: "matter-changed" } });
  });

  it("never sends one officer's items under another's name", async () => {
    const store = new Memory([item("a"), item("bb", { owner: B })]);
    const server = new Server();
    server.who = B;
    expect(await flush(A, store, server)).toBe("other-officer");
    expect(await flush(B, store, server)).toBeNull();
    expect(server.log).toEqual(["bb"]);
    expect(store.state("a")).toBe("waiting");
  });

  it("stops when the officer changes in the middle of a run", async () => {
    const store = new Memory([item("a"), item("bb")]);
    const server: Server = new Server({ send: () => void (server.who = B) });
    expect(await flush(A, store, server)).toBe("other-officer");
    expect(server.log).toEqual(["a"]);
  });

  it("uploads a photo again when the server has lost it between photo and item", async () => {
    const store = new Memory([item("a", { photos: [{ sha256: "p", caption: "" }] })], [photo("p")]);
    const server: Server = new Server({
      send: (_, nth) => {
        if (nth > 1) return;
        server.files.clear();
        fail(422, "photo-absent");
      },
    });
    await flush(A, store, server);
    expect(server.log).toEqual(["photo p", "a", "photo p", "a"]);
    expect(store.state("a")).toBe("received");
  });

  it("refuses an item whose photo the server will not take, naming the photo", async () => {
    const store = new Memory([item("a", { photos: [{ sha256: "p", caption: "" }] })], [photo("p")]);
    await flush(A, store, new Server({ upload: () => fail(413, "content-too-large") }));
    expect(store.kept.get("a")).toMatchObject({ state: "refused", refusal: { code: "content-too-large" } });
    expect(store.photos.get(`${A}/p`)?.state).toBe("refused");
  });

  it("refuses an item whose photo is on neither side, instead of sending it without", async () => {
    const store = new Memory([item("a", { photos: [{ sha256: "p", caption: "" }] })]);
    const server = new Server();
    await flush(A, store, server);
    expect(server.log).toEqual([]);
    expect(store.kept.get("a")).toMatchObject({ state: "refused", refusal: { code: "photo-lost" } });
  });

  it("frees a photo's bytes only when every item that names it has arrived", async () => {
    const shared = [{ sha256: "p", caption: "" }];
    const store = new Memory([item("a", { photos: shared }), item("bb", { photos: shared })], [photo("p")]);
    const server = new Server({ send: (one) => (one.key === "bb" ? fail(500) : undefined) });
    await flush(A, store, server);
    expect(store.photos.get(`${A}/p`)?.blob).not.toBeNull();
    await flush(A, store, new Server());
    expect(store.photos.get(`${A}/p`)?.blob).toBeNull();
  });

  it("sends a refused item again under its own key; under a new one only where the key was spent", () => {
    const refused = item("a", { state: "refused", refusal: { status: 422, code: "form-invalid", message: "", faults: [] } });
    expect(again(refused, { body: { note: "x" } }, () => "new")).toMatchObject({ key: "a", state: "waiting", refusal: null, body: { note: "x" } });
    const spent = { ...refused, refusal: { ...refused.refusal!, code: "key-reused" } };
    expect(again(spent, {}, () => "new").key).toBe("new");
  });

  it("knows the matters whose act is still under way", () => {
    const acts = [item("a", { kind: "act", path: { matter_id: 5 } }), item("bb", { kind: "act", path: { matter_id: 6 }, state: "received" })];
    const papers = [item("ccc", { kind: "service", path: { document_id: 1, matter_id: 7 } }), item("dddd", { kind: "service", path: { document_id: 2 } })];
    expect([...mattersUnderWay([...acts, ...papers])]).toEqual([5, 7]);
  });
});
