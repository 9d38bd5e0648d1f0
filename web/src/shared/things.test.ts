import { describe, expect, it } from "vitest";
import { fields, known, plain, submission, unfilled } from "./forms";
import { linesOf, numbersOf, textOf, type Held } from "./things";

const row = { type: "object", required: ["name", "quantity", "unit"], properties: { name: { type: "string" }, quantity: { type: "string" }, unit: { type: "string" }, from_no: { type: "integer" } } };
const schema = {
  required: ["list", "holder"],
  properties: { list: { type: "array", "x-things": "list", items: row }, holder: { type: "string" }, kept_at: { type: "string" } },
};
const stove: Held = { no: 2, name: "炉具", spec: null, quantity: "1", unit: "台", condition: null, holder: "李四", kept_at: "物证室" };

describe("things named by numbers", () => {
  it("are read as they are written on the list", () => {
    expect(numbersOf("第1、3-5号", [1, 2, 3, 4, 5])).toEqual([1, 3, 4, 5]);
    expect(numbersOf("全部", [2, 4])).toEqual([2, 4]);
    expect(numbersOf("一到三", [1])).toBeNull();
    expect(textOf([5, 3, 4, 1, 3])).toBe("1、3-5");
  });

  it("have a kind of field each", () => {
    const form = { properties: { no: { type: "integer", "x-things": "one" }, nos: { type: "string", "x-things": "many" }, ...schema.properties } };
    expect(fields(form, {}).map((field) => field.kind)).toEqual(["thing", "things", "list", "text", "text"]);
  });
});

describe("the list of what is taken", () => {
  it("begins with what was applied for, or with what was preserved, where that is kept", () => {
    expect(known(schema, { items: "炉具一台\n柜一个" })).toEqual({ list: [{ name: "炉具一台" }, { name: "柜一个" }] });
    const carried = [{ name: "炉具", quantity: "1", unit: "台", from_no: 2 }];
    expect(known(schema, { items: "炉具一台", place: "门店" }, { things: [], coming: [stove] })).toEqual({ list: carried, holder: "李四", kept_at: "物证室" });
    expect(linesOf(undefined)).toEqual([]);
  });

  it("is kept in a draft and sent without its empty boxes, once every thing is counted", () => {
    const values = { list: [{ name: "炉具", quantity: "1", unit: "台", spec: "" }, {}], holder: "李四" };
    expect(plain(schema, values)).toEqual(values);
    expect(submission(schema, values)).toEqual({ list: [{ name: "炉具", quantity: "1", unit: "台" }], holder: "李四" });
    expect(unfilled(schema, values)).toEqual([]);
    expect(unfilled(schema, { ...values, list: [{ name: "炉具" }] }).map((one) => one.pointer)).toEqual(["/list"]);
    expect(unfilled(schema, { ...values, list: [{ name: "" }] }).map((one) => one.pointer)).toEqual(["/list"]);
  });
});
