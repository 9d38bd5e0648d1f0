import { describe, expect, it } from "vitest";
import { fields, known, submission, unfilled } from "./forms";

const schema = {
  type: "object",
  required: ["trade"],
  properties: {
    command: { const: "urge", "x-fact": "command" },
    trade: { type: "string", title: "行业", "x-title-en": "Trade", "x-code-list": "trades", "x-fact": "trade" },
    permit_required: { type: "boolean", title: "需要许可", "x-fact": "permit_required" },
    permit_status: {
      type: "string",
      oneOf: [{ const: "none", title: "未取得", "x-title-en": "never held" }],
      "x-when": { fact: "permit_required", op: "eq", value: true },
    },
    content: { type: "string", maxLength: 2000 },
  },
};

describe("forms", () => {
  it("shows a field only when its condition is true", () => {
    const names = (values: Record<string, unknown>) => fields(schema, values).map((field) => field.name);
    expect(names({})).toEqual(["trade", "permit_required", "content"]);
    expect(names({ permit_required: true })).toContain("permit_status");
  });

  it("judges conditions over the matter's facts too", () => {
    expect(fields(schema, {}, { permit_required: true }).map((field) => field.name)).toContain("permit_status");
  });

  it("sends constants and shown fields, never a hidden leftover", () => {
    expect(submission(schema, { trade: "餐饮", permit_required: false, permit_status: "none" })).toEqual({
      command: "urge",
      trade: "餐饮",
      permit_required: false,
    });
  });

  it("says what is required, shown and empty, by the kind of its box", () => {
    const asked = { ...schema, required: ["trade", "permit_required", "permit_status"] };
    const told = (values: Record<string, unknown>): string[] => unfilled(asked, values).map((fault) => `${fault.pointer} ${fault.detail}`);
    expect(told({ trade: "" })).toEqual(["/trade 请填写", "/permit_required 请选择"]);
    expect(told({ trade: "餐饮", permit_required: true })).toEqual(["/permit_status 请选择"]);
    expect(told({ trade: "餐饮", permit_required: false })).toEqual([]);
  });

  it("marks a field as required while its condition is true, and has it confirmed by hand only then", () => {
    const when = (value: string) => ({ fact: "way", op: "eq", value });
    const asked = {
      required: ["way", "witness", "address_confirmed"],
      properties: {
        way: { oneOf: [{ const: "left" }, { const: "electronic" }], "x-fact": "way" },
        witness: { type: "string", "x-when": when("left") },
        address_confirmed: { const: true, type: "boolean", "x-when": when("electronic") },
      },
    };
    const marked = (values: Record<string, unknown>): string[] => fields(asked, values).filter((field) => field.required).map((field) => field.name);
    expect(marked({})).toEqual(["way"]);
    expect(marked({ way: "left" })).toEqual(["way", "witness"]);
    expect(unfilled(asked, { way: "electronic" }).map((fault) => fault.pointer)).toEqual(["/address_confirmed"]);
    expect(submission(asked, { way: "left", witness: "李四" })).toEqual({ way: "left", witness: "李四" });
    expect(submission(asked, { way: "electronic", address_confirmed: true })).toEqual({ way: "electronic", address_confirmed: true });
  });

  it("begins with what the matter knows, but for secrets and what the act itself says", () => {
    const asked = {
      properties: {
        ...schema.properties,
        fine: { type: "string", "x-fact": "fine" },
        phone: { type: "string", "x-fact": "phone", "x-secret": true },
      },
    };
    const facts = { command: "stop", trade: "餐饮", permit_required: false, content: "旧", phone: "1", proposed_fine: "100.00" };
    expect(known(asked, facts)).toEqual({ trade: "餐饮", permit_required: false, fine: "100.00" });
    expect(known(asked, { ...facts, fine: "80.00" }).fine).toBe("80.00");
    const classify = { properties: { violation_basis: { "x-fact": "violation_basis" }, operation_kind: { "x-fact": "operation_kind" } } };
    expect(known(classify, { permit_required: true, permit_status: "expired" })).toEqual({ violation_basis: "permit_expired", operation_kind: "permit" });
    expect(known(classify, { permit_required: false, permit_status: "none" })).toEqual({});
  });

  it("asks a person to confirm a statement by hand, and never says it for them", () => {
    const told = {
      type: "object",
      required: ["rights_told", "decision"],
      properties: {
        rights_told: { const: true, title: "已告知权利", "x-title-en": "Rights were told" },
        decision: { const: "penalty", "x-fact": "decision" },
        officer_id: { type: "integer", "x-officer": true },
        instalments: { type: "array", items: { required: ["due_on"], properties: { due_on: { type: "string", format: "date" }, amount: { type: "string" } } } },
      },
    };
    expect(fields(told, {}).map((field) => [field.name, field.kind])).toEqual([
      ["rights_told", "confirm"],
      ["officer_id", "officer"],
      ["instalments", "rows"],
    ]);
    expect(fields(told, {})[2]!.columns.map((column) => [column.name, column.kind, column.required])).toEqual([
      ["due_on", "date", true],
      ["amount", "text", false],
    ]);
    expect(submission(told, {})).toEqual({ decision: "penalty" });
    expect(submission(told, { rights_told: true })).toEqual({ decision: "penalty", rights_told: true });
  });

  it("offers those who hold the post that the procedure names, where it names one", () => {
    const asked = { properties: { hearing_president: { type: "integer", "x-officer": "legal" }, officer_id: { type: "integer", "x-officer": true } } };
    expect(fields(asked, {}).map((field) => [field.kind, field.post])).toEqual([["officer", "legal"], ["officer", undefined]]);
  });

  it("draws kinds by schema", () => {
    const kinds = Object.fromEntries(fields(schema, { permit_required: true }).map((f) => [f.name, f.kind]));
    expect(kinds).toEqual({ trade: "trade", permit_required: "yesno", permit_status: "choice", content: "long" });
  });
});
