// What is told of how a paper was served, while it is being told: a sheet may keep it and take it back.

import type { components } from "../api/schema";

export type Form = components["schemas"]["ServiceForm"];
export type ServicePicture = { sha256: string; blob: Blob; kind: "service" | "signature"; takenAt: string };

/** The ink of a signature is a picture as large as its ground. */
export type Told = {
  way: Form["way"];
  text: { place: string; receiver: string; relation: string; refusal: string; witness: string; witness_of: string; proof_no: string; note: string };
  /** When it was served, where that was before now. */
  then: string;
  confirmed: boolean;
  signed: Blob | null;
  witnessed: Blob | null;
  photos: ServicePicture[];
};

export function begun(party: string, place: string): Told {
  const text = { place, receiver: party, relation: "", refusal: "", witness: "", witness_of: "", proof_no: "", note: "" };
  return { way: "direct", text, then: "", confirmed: false, signed: null, witnessed: null, photos: [] };
}

/** What was told before, out of what was sent; `pictures` are those of it that are still at hand. */
export function toldBefore(body: Form, pictures: { sha256: string; blob: Blob | null; takenAt: string | null }[]): Told {
  const at = (hash: string | null | undefined): Blob | null => pictures.find(({ sha256 }) => sha256 === hash)?.blob ?? null;
  const { place, receiver, relation, refusal, witness, witness_of, proof_no, note } = body;
  const text = Object.entries({ place, receiver, relation, refusal, witness, witness_of, proof_no, note }).map(([name, one]) => [name, one ?? ""]);
  return {
    way: body.way,
    text: Object.fromEntries(text) as Told["text"],
    then: "",
    confirmed: body.address_confirmed ?? false,
    signed: at(body.signature_sha256),
    witnessed: at(body.witness_signature_sha256),
    photos: (body.photos ?? []).flatMap((sha256) => {
      const found = pictures.find((one) => one.sha256 === sha256);
      return found?.blob ? [{ sha256, blob: found.blob, kind: "service" as const, takenAt: found.takenAt ?? body.at }] : [];
    }),
  };
}
