import { describe, expect, it } from "vitest";
import { isSealed, MOST_TRIES, newVault, seal, tried, unseal } from "./vault";

const pack = { households: [{ name: "王记早点摊" }] };

describe("the lock of the phone", () => {
  it("opens under its own PIN alone, and then reads what was sealed before", async () => {
    const made = await newVault("420103:1", "120119");
    const sealed = await seal(made.open!, pack);
    expect(isSealed(sealed)).toBe(true);
    const shut = { ...made, open: null };
    const wrong = await tried(shut, "120110");
    expect(wrong).toMatchObject({ open: null, tries: 1 });
    const right = await tried(wrong, "120119");
    expect(right.tries).toBe(0);
    expect(await unseal(right.open!, sealed)).toEqual(pack);
  });

  it("counts wrong tries up to the last", async () => {
    let vault = { ...(await newVault("420103:1", "000000")), open: null };
    for (let n = 1; n <= MOST_TRIES; n++) vault = (await tried(vault, "111111")) as typeof vault;
    expect(vault.tries).toBe(MOST_TRIES);
  });

  it("is another lock on another phone, under the same PIN", async () => {
    const [one, other] = await Promise.all([newVault("a", "123456"), newVault("a", "123456")]);
    const sealed = await seal(one.open!, pack);
    await expect(unseal(other.open!, sealed)).rejects.toThrow();
    expect(await tried({ ...one, pepper: other.pepper, open: null }, "123456")).toMatchObject({ open: null });
  });

  it("never gives its key out", async () => {
    const { open } = await newVault("a", "123456");
    await expect(crypto.subtle.exportKey("raw", open!)).rejects.toThrow();
  });
});
