// The outbox's line to the server.

import { api, data, Problem } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { uploadPhoto } from "$shared/photos";
import { say } from "$shared/i18n/language.svelte";
import { session } from "$shared/session.svelte";
import { Failure, type Item, type Line, type Owner, type Photo, type Receipt } from "./outbox";

type Schemas = components["schemas"];

export function ownerOf(me: { jurisdiction: { id: number }; officer_id: number }): Owner {
  return `${me.jurisdiction.id}:${me.officer_id}`;
}

const answered = (at: string, more: Partial<Receipt> = {}): Receipt => ({
  at, number: null, matter: null, note: "", late: null, ...more,
});

function ofMatter(answer: Schemas["ActAnswer"], note: string): Receipt {
  return answered(new Date().toISOString(), {
    number: answer.number,
    matter: answer.matter_id,
    note,
    late: answer.late ? say(answer.late) : null,
  });
}

/** A request that hangs longer than this counts as not answered; the same key makes the next try safe. */
const PATIENCE = 60_000;
const patient = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(PATIENCE) });
/** A photo may take as long as it needs at this pace (bytes in a ms), the slowest that is a network still. */
const SLOWEST = 4;

const SEND: Record<Item["kind"], (item: Item) => Promise<Receipt>> = {
  async visit({ body }) {
    const visit = await data(api.POST("/api/visits", { ...patient(), body: body as Schemas["NewVisit"] }));
    return answered(visit.received_at, { note: visit.cell_code ?? "" });
  },
  async finding({ body, photos }) {
    const told = await data(api.POST("/api/findings", { ...patient(), body: { ...(body as Schemas["Report"]), photos } }));
    return { ...ofMatter(told.matter, told.cell_code ?? ""), ...(told.goes_to ? { goesTo: say(told.goes_to) } : {}) };
  },
  async revisit({ path, body, photos }) {
    const told = await data(
      api.POST("/api/spot-checks/{check_id}/result", {
        ...patient(),
        params: { path: { check_id: Number(path.check_id) } },
        body: { ...(body as Schemas["RevisitForm"]), photos },
      }),
    );
    return answered(new Date().toISOString(), { note: told.record.code ?? "" });
  },
  async act({ key, path, body, photos }) {
    const told = await data(
      api.POST("/api/matters/{matter_id}/actions/{action}", {
        ...patient(),
        params: {
          path: { matter_id: Number(path.matter_id), action: String(path.action) },
          header: { "Idempotency-Key": key },
        },
        body: { ...(body as Schemas["ActForm"]), photos, offline: true },
      }),
    );
    return ofMatter(told, say(told.state_title));
  },
  async start({ key, body, photos }) {
    const told = await data(
      api.POST("/api/matters", {
        ...patient(),
        params: { header: { "Idempotency-Key": key } },
        body: { ...(body as Schemas["NewMatter"]), photos },
      }),
    );
    return ofMatter(told, say(told.state_title));
  },
  async transfer({ path, body }) {
    const matter_id = Number(path.matter_id);
    const told = await data(api.POST("/api/matters/{matter_id}/transfers", { ...patient(), params: { path: { matter_id } }, body: body as Schemas["NewTransfer"] }));
    return answered(told.asked_at, { matter: told.matter_id, number: told.matter_number, note: told.to_officer ? `${told.to_cell} ${told.to_officer}` : "" });
  },
  async skip({ body }) {
    const told = await data(api.POST("/api/field/skips", { ...patient(), body: body as Schemas["NewSkip"] }));
    return answered(told.at, { note: told.reason });
  },
  // The same service sent again is recorded once: the moment, the way and the signature tell that it is the same.
  async service({ path, body }) {
    const document_id = Number(path.document_id);
    const served = await data(api.POST("/api/documents/{document_id}/services", { ...patient(), params: { path: { document_id } }, body: body as Schemas["ServiceForm"] }));
    return answered(new Date().toISOString(), { number: served.number, matter: served.matter_id, note: served.title });
  },
  // Placed by somebody meanwhile, it stays where it is: the doorstep only fills in what was missing.
  async place({ path, body }) {
    const business = Number(path.business_id);
    const file = await data(api.GET("/api/businesses/{business_id}", { ...patient(), params: { path: { business_id: business } } }));
    if (file.lon !== null) return answered(file.placed_at!, { note: file.code ?? "" });
    const placed = await data(
      api.POST("/api/premises/{premises_id}/place", {
        ...patient(),
        params: { path: { premises_id: file.premises_id } },
        body: { ...(body as Schemas["Position"]), way: "doorstep" },
      }),
    );
    return answered(new Date().toISOString(), { note: placed.codes[business] ?? "" });
  },
};

/** Turn what the client throws into the outbox's own failure. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { status, code, message, faults } = error;
    throw new Failure({ status, code, message, faults });
  }
}

/** Once the anti-forgery value is old (signed in anew elsewhere), fetch it and try again: for the same officer. */
async function fresh<T>(work: () => Promise<T>): Promise<T> {
  const before = session.me && ownerOf(session.me);
  try {
    return await told(work());
  } catch (error) {
    if (!(error instanceof Failure && error.refusal.code === "csrf")) throw error;
    const now = ownerOf(await told(session.load()));
    if (now !== before) throw error;
    return told(work());
  }
}

export const line: Line = {
  owner: () => (session.me ? ownerOf(session.me) : null),
  missing: async (hashes) => (await fresh(() => data(api.POST("/api/attachments/missing", { ...patient(), body: { hashes } })))).missing,
  upload: (photo: Photo) =>
    fresh(() =>
      uploadPhoto(photo.blob!, photo.sha256, {
        kind: photo.kind,
        takenAt: photo.takenAt,
        original: true,
        place: photo.place,
        clockAhead: photo.clockAhead,
        gallery: photo.fromGallery,
        signal: AbortSignal.timeout(PATIENCE + photo.size / SLOWEST),
      }),
    ),
  send: (item) => fresh(() => SEND[item.kind](item)),
};
