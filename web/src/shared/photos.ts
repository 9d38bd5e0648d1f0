// Photos: hashed as they are, uploaded by hash before the act that names them.

import { csrfHeader, noNetwork, problemOf } from "./api/client";
import { language, type Bilingual } from "./i18n/language.svelte";

/** What a photo shows; the kind is stored with the file, the caption with the act that names it. */
export const PHOTO_KINDS: { kind: string; title: Bilingual }[] = [
  { kind: "shopfront", title: { zh: "门头", en: "Shopfront" } },
  { kind: "licence", title: { zh: "证照", en: "Licence" } },
  { kind: "scene", title: { zh: "现场", en: "Scene" } },
  { kind: "panorama", title: { zh: "全景", en: "Panorama" } },
];

export async function sha256(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export type PhotoFacts = {
  kind: string;
  takenAt: string | null;
  original: boolean;
  /** Where the phone stood, how far its clock was ahead (ms), and whether it came out of the gallery. */
  place?: { lon: number; lat: number; accuracy_m: number } | null;
  clockAhead?: number;
  gallery?: boolean;
  signal?: AbortSignal;
};

/** A voice note travels as the photos do. */
export const VOICE = { kind: "voice", title: { zh: "语音", en: "Voice note" } } as const;

/** Send a photo; answered only when it is safely on the server's disk. Sending it again does no harm. */
export async function uploadPhoto(blob: Blob, hash: string, facts: PhotoFacts): Promise<void> {
  const query = new URLSearchParams({ caption_kind: facts.kind, original: String(facts.original) });
  if (facts.takenAt) query.set("taken_at", facts.takenAt);
  for (const [name, value] of Object.entries(facts.place ?? {})) query.set(name, String(value));
  if (facts.clockAhead) query.set("clock_ahead_ms", String(facts.clockAhead));
  if (facts.gallery) query.set("gallery", "true");
  const response = await fetch(`/api/attachments/${hash}?${query}`, {
    method: "PUT",
    body: blob,
    signal: facts.signal,
    headers: { ...csrfHeader(), "Accept-Language": language.now === "zh" ? "zh-CN" : "en", "Content-Type": blob.type || "application/octet-stream" },
  }).catch(() => {
    throw noNetwork();
  });
  if (!response.ok) throw await problemOf(response);
}
