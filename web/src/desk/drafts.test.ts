import { beforeEach, describe, expect, it, vi } from "vitest";
import { begun, forget, keep, recall } from "./drafts";

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
