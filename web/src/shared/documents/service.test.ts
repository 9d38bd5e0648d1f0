import { describe, expect, it } from "vitest";
import { begun, toldBefore, type Form } from "./service";

const ink = new Blob(["ink"]);
const shot = new Blob(["shot"]);
const SENT = {
  way: "left", at: "2026-03-02T02:00:00Z", place: "门口", receiver: null, relation: null, signature_sha256: null, refusal: "拒签", witness: "王五",
  witness_of: "居委会", witness_signature_sha256: "w", proof_no: null, photos: ["p", "gone"], note: null, address_confirmed: false, crew: [2], device: {},
} as unknown as Form;

describe("what was told of a service", () => {
  it("begins with whom it is for and where", () => {
    expect(begun("张三", "民权街道1号")).toMatchObject({ way: "direct", text: { receiver: "张三", place: "民权街道1号" }, signed: null, photos: [] });
  });

  it("comes back out of what was sent, with the signature and the photos that are still at hand", () => {
    const told = toldBefore(SENT, [{ sha256: "w", blob: ink, takenAt: null }, { sha256: "p", blob: shot, takenAt: null }, { sha256: "gone", blob: null, takenAt: null }]);
    expect(told).toMatchObject({ way: "left", text: { refusal: "拒签", witness: "王五", receiver: "", note: "" }, signed: null, then: "" });
    expect(told.witnessed).toBe(ink);
    expect(told.photos.map(({ sha256, takenAt }) => [sha256, takenAt])).toEqual([["p", "2026-03-02T02:00:00Z"]]);
  });
});
