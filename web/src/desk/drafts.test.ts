import { beforeEach, describe, expect, it, vi } from "vitest";
import { begun, carried, forget, keep, overtaken, recall } from "./drafts";

const store = new Map<string, string>();
vi.stubGlobal("sessionStorage", {
  getItem: (name: string) => store.get(name) ?? null,
  setItem: (name: string, text: string) => void store.set(name, text),
  removeItem: (name: string) => void store.delete(name),
  key: (at: number) => [...store.keys()][at] ?? null,
  get length() {
    return store.size;
  },
});
const open = (): boolean => false;
const form = { properties: { opinion: { type: "string", maxLength: 1000 }, done: { type: "boolean" } } };
const step = (action: string) => ({ action, title: { zh: action, en: action }, form });
const matter = (version: number, ...past: { action: string; by: number }[]) => ({
  id: 7,
  version,
  history: past.map(({ action, by }, at) => ({ seq: version - past.length + at + 1, kind: "act" as const, action, person: { id: by, name: "" } })),
});

describe("what was written and has not arrived", () => {
  beforeEach(() => store.clear());

  it("comes back with the key that it was first sent with", () => {
    const draft = begun(4, step("classify"), { opinion: "属实" });
    keep("1:2", 7, draft, open);
    expect(recall("1:2", 7, "classify", 4)).toEqual(draft);
    expect(overtaken("1:2", matter(4), 2)).toEqual([]);
  });

  it("is nobody else's, and gone once it arrived", () => {
    keep("1:2", 7, begun(4, step("classify"), { opinion: "属实" }), open);
    expect(recall("1:3", 7, "classify", 4)).toBeNull();
    expect(overtaken("1:3", matter(5, { action: "classify", by: 9 }), 3)).toEqual([]);
    forget("1:2", 7, "classify");
    expect(recall("1:2", 7, "classify", 4)).toBeNull();
    keep("1:2", 7, begun(4, step("classify"), { opinion: "属实" }), open);
    expect(overtaken("1:2", matter(5, { action: "classify", by: 2 }), 2)).toEqual([]); // the answer was lost, the act was not
    expect(store.size).toBe(0);
  });

  it("stays when a colleague moved the matter first, and goes into a step that is open now", () => {
    keep("1:2", 7, begun(4, step("classify"), { opinion: "属实", done: true }), open);
    const [draft] = overtaken("1:2", matter(5, { action: "classify", by: 9 }), 2);
    expect(draft?.values).toEqual({ opinion: "属实", done: true });
    expect(recall("1:2", 7, "classify", 5)).toBeNull(); // not silently into the present state
    const asks = (properties: object) => carried(draft!, { properties });
    expect(asks(form.properties)).toEqual({ opinion: "属实", done: true });
    expect(asks({ done: { type: "integer" }, reason: { type: "string", maxLength: 1000 } })).toEqual({ reason: "属实" });
    expect(asks({ amount: { type: "integer" } })).toEqual({});
  });

  it("never writes a secret field down, and still has it while the page lives", () => {
    keep("1:2", 7, begun(4, step("capture"), { operator_id_no: "11010519491231002X", scope: "早点" }), (field) => field === "operator_id_no");
    expect([...store.values()].join()).not.toContain("11010519491231002X");
    expect(recall("1:2", 7, "capture", 4)?.values).toEqual({ operator_id_no: "11010519491231002X", scope: "早点" });
  });
});
