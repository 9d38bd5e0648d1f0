// Photos: hashed as they are, uploaded by hash before the act that names them.

import { csrfHeader, problemOf } from "./api/client";

export async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type PhotoFacts = { caption: string; takenAt: string | null; original: boolean };

/** Send a photo; answered only when it is safely on the server's disk. Sending it again does no harm. */
export async function uploadPhoto(blob: Blob, hash: string, facts: PhotoFacts): Promise<void> {
  const query = new URLSearchParams({ caption_kind: facts.caption, original: String(facts.original) });
  if (facts.takenAt) query.set("taken_at", facts.takenAt);
  const response = await fetch(`/api/attachments/${hash}?${query}`, {
    method: "PUT",
    body: blob,
    headers: { ...csrfHeader(), "Content-Type": blob.type || "application/octet-stream" },
  });
  if (!response.ok) throw await problemOf(response);
}
