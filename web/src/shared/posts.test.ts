import { afterEach, describe, expect, it } from "vitest";
import { language } from "./i18n/language.svelte";
import { bodyName, codeLists, titled } from "./posts";

describe("the names of bodies", () => {
  afterEach(() => {
    language.now = "zh";
    codeLists().bodies.clear();
  });
  it("are English where the page is and the bureau has given one", () => {
    codeLists().bodies.set("民权所", "Minquan Station");
    expect(bodyName("民权所")).toBe("民权所");
    language.now = "en";
    expect([bodyName("民权所"), bodyName("花楼街")]).toEqual(["Minquan Station", "花楼街"]);
  });
  it("begin the title of a unit's problem", () => {
    codeLists().bodies.set("民权所", "Minquan Station");
    const problem = { title: "民权所：逾期未办：复查 2 项", title_en: "民权所: Overdue: Re-check (2)" };
    expect(titled(problem)).toBe(problem.title);
    language.now = "en";
    expect(titled(problem)).toBe("Minquan Station: Overdue: Re-check (2)");
    expect(titled({ title: "阿强百货：无照", title_en: null })).toBe("阿强百货：无照");
    expect(titled({ title: "2026-03 月通报", title_en: "Bulletin of 2026-03" })).toBe("Bulletin of 2026-03");
  });
});
