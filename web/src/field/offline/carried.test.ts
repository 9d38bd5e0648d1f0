import { beforeAll, describe, expect, it } from "vitest";
import { answeredBy, chosen, newKeys, opened, publicHex, seal, sealed, sharedKey, type Device, type Head, type Outcome } from "./carried";
import type { Item, Photo } from "./outbox";

const item = (key: string, more: Partial<Item> = {}): Item => ({
  key, owner: "420103:1", kind: "finding", title: key, path: {}, body: {}, photos: [], madeAt: `2026-03-01T08:00:0${key.length}Z`,
  state: "waiting", attempts: 0, refusal: null, receipt: null, ...more,
});
const photo = (sha256: string, size = 4): Photo => ({
  sha256, owner: "420103:1", blob: new Blob(["x".repeat(size)]), size, kind: "scene", takenAt: null, fromGallery: false, state: "waiting",
});
const named = (...hashes: string[]) => hashes.map((sha256) => ({ sha256, caption: "" }));

let phone: Device;
let server: Device;
beforeAll(async () => {
  const [mine, theirs] = await Promise.all([newKeys(), newKeys()]);
  phone = { owner: "420103:1", device: 7, jurisdiction: 420103, keys: mine, serverKey: await publicHex(theirs) };
  server = { ...phone, keys: theirs, serverKey: await publicHex(mine) };
});

const head = (more: Partial<Head> = {}): Head => ({ kind: "receipt", jurisdiction: 420103, device: 7, file: "f", made_at: "2026-03-01T09:00:00Z", ...more });
const outcomes: Outcome[] = [{ key: "a", state: "received", at: "2026-03-01T09:00:00Z", number: "1", matter: 5, note: { zh: "一", en: "1" } }];
async function receipt(more: Partial<Head> = {}, by: Device = server): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new TextEncoder().encode(JSON.stringify({ outcomes }));
  return new Uint8Array(await (await seal(await sharedKey(by), head(more), plain)).arrayBuffer());
}

describe("the outbox as a file", () => {
  it("holds items and photo bytes that only the other side can open", async () => {
    const shot = photo("p", 5);
    const file = new Uint8Array(await (await sealed(phone, "f", "2026-03-01T09:00:00Z", [item("a", { photos: named("p") })], [shot])).arrayBuffer());
    expect(new TextDecoder().decode(file)).not.toContain("2026-03-01T08:00:01Z");
    const start = 10 + new DataView(file.buffer).getUint32(6);
    const plain = new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv: file.slice(start, start + 12), additionalData: file.slice(0, start) }, await sharedKey(server), file.slice(start + 12)),
    );
    const size = new DataView(plain.buffer).getUint32(0);
    const manifest = JSON.parse(new TextDecoder().decode(plain.slice(4, 4 + size)));
    expect(manifest.items).toEqual([expect.objectContaining({ key: "a", photos: named("p") })]);
    expect(manifest.photos).toEqual([{ sha256: "p", size: 5, kind: "scene", takenAt: null, fromGallery: false }]);
    expect(new TextDecoder().decode(plain.slice(4 + size))).toBe("xxxxx");
  });

  it("takes what waits, oldest first, each photo once, and leaves for the next file what does not fit", () => {
    const items = [item("ccc", { photos: named("q") }), item("a", { photos: named("p") }), item("bb", { photos: named("p") }), item("dddd", { state: "received" })];
    const photos = new Map([photo("p"), photo("q")].map((one) => [one.sha256, one]));
    expect(chosen(items, photos).items.map(({ key }) => key)).toEqual(["a", "bb", "ccc"]);
    expect(chosen(items, photos).photos.map(({ sha256 }) => sha256)).toEqual(["p", "q"]);
    expect(chosen(items, photos, 7).items.map(({ key }) => key)).toEqual(["a", "bb"]);
    expect(chosen(items, photos, 1).items.map(({ key }) => key)).toEqual(["a"]);
  });

  it("opens its own receipt", async () => {
    expect(await opened(phone, (await receipt()).buffer)).toEqual({ file: "f", outcomes });
  });

  it.each([
    ["a cut one", "damaged", async () => (await receipt()).slice(0, -3)],
    ["a changed one", "damaged", async () => (await receipt()).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte))],
    ["a changed header", "damaged", async () => (await receipt()).map((byte, i, all) => (all[i] === 102 && all[i - 1] === 34 && all[i + 1] === 34 ? 103 : byte))],
    ["an outbox", "kind", () => receipt({ kind: "outbox" })],
    ["another phone's", "device", () => receipt({ device: 8 })],
    ["another bureau's", "device", () => receipt({ jurisdiction: 420105 })],
    ["something else", "unreadable", async () => new TextEncoder().encode("PK something else")],
    ["nothing", "unreadable", async () => new Uint8Array()],
  ])("refuses %s: %s", async (_, fault, make) => {
    await expect(opened(phone, (await make()).buffer as ArrayBuffer)).rejects.toMatchObject({ fault });
  });

  it("makes of an outcome what the server's own answer would have made", () => {
    const zh = ({ zh: text }: { zh: string }): string => text;
    expect(answeredBy(item("a"), outcomes[0]!, zh)).toMatchObject({ state: "received", refusal: null, receipt: { matter: 5, number: "1", note: "一", late: null } });
    const late = { ...outcomes[0]!, state: "late" as const, late: { zh: "已变", en: "changed" } };
    expect(answeredBy(item("a"), late, zh)).toMatchObject({ state: "late", receipt: { late: "已变" } });
    const refusal = { status: 422, code: "x", zh: "不行", en: "no", faults: [{ pointer: "/a", zh: "缺", en: "missing" }] };
    expect(answeredBy(item("a"), { key: "a", state: "refused", at: "", refusal }, zh)).toMatchObject({
      state: "refused", receipt: null, refusal: { message: "不行", faults: [{ pointer: "/a", detail: "缺" }] },
    });
  });
});
