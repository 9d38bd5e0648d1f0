import { describe, expect, it } from "vitest";
import { beginning, ofHousehold, returned } from "./beginnings";

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

  it("is, for the list of what is seized or preserved, what was applied for, there to be mended", () => {
    const take = { action: "seize", form: { properties: { measure: { type: "string", "x-fact": "measure" }, list: { type: "string" } } } };
    expect(beginning({ facts: { items: "炉具一台" }, history: [] }, take)).toEqual({ list: "炉具一台" });
    expect(beginning({ facts: {}, history: [] }, take)).toEqual({});
    const place = { facts: { items: "炉具一台", place: "所内仓库" }, history: [] };
    const kept = { kept_at: { type: "string" } };
    expect(beginning(place, { ...take, form: { properties: { ...take.form.properties, ...kept } } })).toEqual({ list: "炉具一台", kept_at: "所内仓库" });
    expect(beginning(place, { action: "move_thing", form: { properties: kept } })).toEqual({});
    const written = [event("proposed", { action: "seize", form: { list: "炉具二台" } }), event("signed", { action: "seize" })];
    expect(beginning({ facts: { items: "炉具一台" }, history: written }, take)).toEqual({ list: "炉具二台" });
  });

  it("and it says why a proposal came back until something is done", () => {
    const refusal = event("signed", { signature: { agreed: false, opinion: "证据不足" } });
    expect(returned({ history: [event("proposed"), refusal] })).toEqual({ action: "file_case", title: { zh: "立案", en: "File the case" }, opinion: "证据不足", by: "王五" });
    expect(returned({ history: [event("proposed"), refusal, event("proposed")] })).toBeNull();
    expect(returned({ history: [event("proposed"), event("signed", { signature: { agreed: true } })] })).toBeNull();
  });
});

describe("what a matter that begins at a door begins with", () => {
  it("is the operator, else the shop's name, and of the rest what the register has", () => {
    expect(ofHousehold({ name: "王记面馆", address: "民权路1号", operator_name: "王某", trade: "餐饮", scope: null, uscc: "" })).toEqual({ operator_name: "王某", address: "民权路1号", trade: "餐饮" });
    expect(ofHousehold({ name: "王记面馆", address: "民权路1号" }).operator_name).toBe("王记面馆");
  });
});
