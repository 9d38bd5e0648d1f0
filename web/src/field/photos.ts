// Photos on the phone: the file as the camera made it, hashed, with what it shows and where it came from.

import { PHOTO_KINDS, sha256, VOICE } from "$shared/photos";
import { stamp } from "./clock";
import { position } from "./position.svelte";
import { w } from "./words";
import type { Photo, PhotoRef } from "./offline/outbox";

export const MOST_BYTES = 20 * 1024 * 1024;

/** Read a chosen file. Its bytes are copied now: the file behind it may be gone when it is sent. */
export async function taken(file: File, owner: string, nth: number, fromGallery: boolean): Promise<Photo> {
  if (!isSecureContext) throw new Error(w("insecure"));
  if (file.size > MOST_BYTES) throw new Error(w("photoBig"));
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Error(w("photoFailed"));
  });
  const blob = new Blob([bytes], { type: file.type });
  return {
    sha256: await sha256(blob),
    owner,
    blob,
    size: blob.size,
    kind: PHOTO_KINDS[nth % PHOTO_KINDS.length]!.kind,
    takenAt: file.lastModified ? new Date(file.lastModified).toISOString() : null,
    fromGallery,
    ...standing(fromGallery),
    state: "waiting",
  };
}

/** A voice note as it was recorded, under its hash like a photo. */
export async function spoken(blob: Blob, owner: string, begunAt: number): Promise<Photo> {
  return {
    sha256: await sha256(blob), owner, blob, size: blob.size, kind: VOICE.kind, takenAt: new Date(begunAt - stamp().clock_ahead_ms).toISOString(),
    fromGallery: false, ...standing(false), state: "waiting",
  };
}

/** What stands with a picture that was taken now and here; one out of the gallery was taken who knows where. */
export function standing(fromGallery: boolean): Pick<Photo, "place" | "clockAhead"> {
  return fromGallery ? {} : { place: position.report(), clockAhead: stamp().clock_ahead_ms };
}

/** How an act names the photo: what it shows, and that it was not taken on the spot. In Chinese, as the record is. */
export function named(photo: Photo): PhotoRef {
  const kind = [...PHOTO_KINDS, VOICE].find((one) => one.kind === photo.kind)?.title.zh ?? photo.kind;
  return { sha256: photo.sha256, caption: photo.fromGallery ? `${kind}（相册）` : kind };
}
