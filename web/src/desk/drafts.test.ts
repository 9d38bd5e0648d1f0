import { beforeEach, describe, expect, it, vi } from "vitest";
import { beginning, begun, forget, keep, partners, recall, returned } from "./drafts";

const store = new Map<string, string>();
vi.stubGlobal("sessionStorage", {
  getItem: (name: string) => store.get(name) ?? null,
  setItem: (name: string, text: string) => void store.set(name, text),
  removeItem: (name: string) => void store.delete(name),
});
const open = (): boolean => false;

describe("what was written and has not arrived", () => {
  beforeEach(() => store.clear());

  it("comes back with the key that it was first sent with", () => {
    const draft = begun(4, { opinion: "属实" });
    keep("1:2", 7, "classify", draft, open);
    expect(recall("1:2", 7, "classify", 4)).toEqual(draft);
  });

  it("is gone when the matter has moved on, for another officer, and once it arrived", () => {
    keep("1:2", 7, "classify", begun(4, { opinion: "属实" }), open);
    expect(recall("1:3", 7, "classify", 4)).toBeNull();
    expect(recall("1:2", 7, "classify", 5)).toBeNull();
    expect(recall("1:2", 7, "classify", 4)).toBeNull();
    keep("1:2", 7, "classify", begun(5, { opinion: "属实" }), open);
    forget("1:2", 7, "classify");
    expect(recall("1:2", 7, "classify", 5)).toBeNull();
  });

  it("never writes a secret field down, and still has it while the page lives", () => {
    keep("1:2", 7, "capture", begun(4, { operator_id_no: "11010519491231002X", scope: "早点" }), (field) => field === "operator_id_no");
    expect([...store.values()].join()).not.toContain("11010519491231002X");
    expect(recall("1:2", 7, "capture", 4)?.values).toEqual({ operator_id_no: "11010519491231002X", scope: "早点" });
  });
});

describe("what a step begins with", () => {
  const action = { action: "file_case", form: { properties: { reason: { type: "string" }, conduct: { type: "string", "x-fact": "conduct" }, phone: { type: "string", "x-secret": true } } } };
  const event = (kind: "act" | "proposed" | "signed", more = {}) =>
    ({ action: "file_case", kind, form: {}, title: { zh: "立案", en: "File the case" }, person: { id: 1, name: "王五" }, signature: null, ...more });
  const facts = { conduct: "unlicensed" };

  it("is what the matter knows", () => {
    expect(beginning({ facts, history: [] }, action)).toEqual({ conduct: "unlicensed" });
  });

  it("is the proposal as it was written, where that was returned, but for its secrets", () => {
    const written = { reason: "证据初步成立", conduct: "other", phone: { sealed: "…" } };
    const history = [event("proposed", { form: written }), event("signed")];
    expect(beginning({ facts, history }, action)).toEqual({ reason: "证据初步成立", conduct: "other" });
  });

  it("is nothing, where the step was taken before: it is judged anew", () => {
    expect(beginning({ facts, history: [event("proposed"), event("signed"), event("act")] }, action)).toEqual({});
  });

  it("with those who acted together the last time", () => {
    const both = [{ id: 1, name: null }, { id: 2, name: null }];
    expect(partners({ history: [{ crew: [] }, { crew: both }, { crew: [] }] }, 1)).toEqual([2]);
    expect(partners({ history: [{ crew: both }] }, 3)).toEqual([]);
  });

  it("and it says why a proposal came back until something is done", () => {
    const refusal = event("signed", { signature: { agreed: false, opinion: "证据不足" } });
    expect(returned({ history: [event("proposed"), refusal] })).toEqual({ title: { zh: "立案", en: "File the case" }, opinion: "证据不足", by: "王五" });
    expect(returned({ history: [event("proposed"), refusal, event("proposed")] })).toBeNull();
    expect(returned({ history: [event("proposed"), event("signed", { signature: { agreed: true } })] })).toBeNull();
  });
});
