import { describe, expect, it } from "vitest";
import { asked, impliedBy, stated } from "./questions";

const all = () => true;
const names = (answers: Record<string, unknown>) => asked(answers, all).filter(({ rare }) => !rare).map(({ fact }) => fact);

describe("the questions of a report", () => {
  it("asks only for the licence and for danger before a trade is known", () => {
    expect(names({})).toEqual(["business_licence_status", "public_danger"]);
  });

  it("asks about stall and catering for food alone, and about the road for a stall alone", () => {
    expect(names({ trade: "美容美发", food: false })).not.toContain("food_stall");
    expect(names({ trade: "餐饮", food: true })).toEqual(expect.arrayContaining(["food_stall", "catering"]));
    expect(names({ trade: "餐饮", food: true })).not.toContain("occupies_road");
    expect(names({ trade: "食品摊贩", food: true, food_stall: true })).toContain("occupies_road");
  });

  it("drops an answer whose question no longer stands", () => {
    const answers = { trade: "餐饮", food: true, food_stall: true, occupies_road: true };
    expect(stated(answers, all)).toEqual(answers);
    expect(stated({ ...answers, food: false }, all)).toEqual({ trade: "餐饮", food: false });
  });

  it("keeps what is unknown out of the report instead of calling it false", () => {
    expect(stated({ trade: "餐饮", food: true }, all)).toEqual({ trade: "餐饮", food: true });
  });

  it("asks for nothing that the procedure does not know", () => {
    expect(asked({ trade: "餐饮" }, (fact) => fact === "food")).toEqual([{ fact: "food", rare: false }]);
  });

  it("takes from a trade's name what it says itself", () => {
    expect(impliedBy("占道经营食品摊贩", true)).toEqual({ food: true, permit_required: true, food_stall: true, occupies_road: true });
    expect(impliedBy("非占道食品摊贩", true)).toMatchObject({ food_stall: true, occupies_road: false });
    expect(impliedBy("服装", false)).toEqual({ food: false });
  });
});
