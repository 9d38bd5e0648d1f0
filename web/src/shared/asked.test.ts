import { describe, expect, it } from "vitest";
import { Asked } from "./asked.svelte";

/** Questions whose answers come when the test says so. */
function held() {
  const on = new Map<string, { come: (text: string) => void; fail: (why: string) => void }>();
  const asked = new Asked((name: string) => new Promise<string>((come, no) => on.set(name, { come, fail: (why) => no(new Error(why)) })));
  return { asked, come: (name: string, text = name) => on.get(name)!.come(text), fail: (name: string) => on.get(name)!.fail(`no ${name}`) };
}

describe("what is asked of the API", () => {
  it("shows the answer to the newest question, in whatever order they come", async () => {
    const { asked, come } = held();
    const first = asked.load("first");
    const second = asked.load("second");
    come("second");
    await second;
    expect([asked.data, asked.loading]).toEqual(["second", false]);
    come("first");
    await first;
    expect(asked.data).toBe("second");
  });

  it("lets who waits for an overtaken answer wait for the newer one", async () => {
    const { asked, come, fail } = held();
    const first = asked.load("first");
    const second = asked.load("second");
    fail("first");
    await Promise.resolve();
    expect([asked.failed, asked.loading]).toEqual(["", true]);
    come("second");
    await first;
    expect([asked.data, asked.loading]).toEqual(["second", false]);
    await second;
  });

  it("keeps what is shown while it is asked again, and when that fails", async () => {
    const { asked, come, fail } = held();
    const first = asked.load("one");
    come("one");
    await first;
    const again = asked.load("one");
    expect([asked.data, asked.loading]).toEqual(["one", true]);
    fail("one");
    await again;
    expect([asked.data, asked.failed, asked.loading]).toEqual(["one", "no one", false]);
    asked.again();
    come("one", "one anew");
    await new Promise((done) => setTimeout(done));
    expect([asked.data, asked.failed]).toEqual(["one anew", ""]);
  });

  it("shows nothing of one subject while another is asked for, and goes on showing the same", async () => {
    const { asked, come } = held();
    const first = asked.about("one");
    come("one");
    await first;
    const same = asked.about("one");
    expect([asked.data, asked.loading]).toEqual(["one", true]);
    const second = asked.about("two");
    expect([asked.data, asked.loading]).toEqual([null, true]);
    come("one", "one anew");
    come("two");
    await Promise.all([same, second]);
    expect(asked.data).toBe("two");
  });

  it("takes what an act told above what was asked before it", async () => {
    const { asked, come } = held();
    const asking = asked.load("before the act");
    asked.put("after the act");
    come("before the act");
    await asking;
    expect([asked.data, asked.loading]).toEqual(["after the act", false]);
  });
});
