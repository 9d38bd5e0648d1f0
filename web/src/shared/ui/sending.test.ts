import { describe, expect, it } from "vitest";
import { Problem } from "../api/client";
import { Sending } from "./sending.svelte";
import { toasts } from "./toasts.svelte";

describe("what is being sent", () => {
  it("is not sent again while it is on its way", async () => {
    const sending = new Sending();
    let [sent, arrive] = [0, (): void => {}];
    const work = () => (sent++, new Promise<void>((done) => (arrive = done)));
    const first = sending.run(work);
    expect(await sending.run(work)).toBe(false);
    arrive();
    expect([await first, sent, sending.busy]).toEqual([true, 1, false]);
    void sending.run(work);
    expect(sent).toBe(2);
  });

  it("keeps the refusal beside the fields, or tells it where no form is open", async () => {
    const sending = new Sending();
    const refuse = () => Promise.reject(new Problem(409, "taken", "Another has it."));
    expect(await sending.run(refuse)).toBe(false);
    expect([sending.problem?.message, toasts.list.length]).toEqual(["Another has it.", 0]);
    await sending.told(refuse);
    expect(toasts.list.map((one) => one.text)).toEqual(["Another has it."]);
    await sending.run(() => Promise.resolve());
    expect(sending.problem).toBeNull();
  });
});
