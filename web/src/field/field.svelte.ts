// What the page works from: the day and the pack, kept on the phone and fetched anew whenever the server answers.

import { api, data, Problem } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { session, type Me } from "$shared/session.svelte";
import { learn } from "./clock";
import { boundsOf, within, type Bounds, type Place } from "$shared/map/geometry";
import { agree } from "./offline/carry";
import { readPack, writePack } from "./offline/db";
import { keepOfficers } from "./offline/officers";
import { ownerOf } from "./offline/line";
import { remember } from "./offline/me";
import type { Owner } from "./offline/outbox";
import { outbox } from "./offline/outbox.svelte";
import { fetchTiles } from "./offline/shell";
import { position } from "./position.svelte";
import { dueOf, type Household } from "./rounds";

type Schemas = components["schemas"];
export type Today = Schemas["Today"];
export type Pack = Schemas["FieldPack"];
export type Matter = Schemas["MyMatter"];
export type Tab = "nearby" | "report" | "matters" | "outbox";

/** So soon after a failure the day is asked for again (ms). */
const AGAIN = 30_000;
const PACK_AGE = 10 * 60_000;
/** What hangs longer counts as not answered; the kept day stays, and the next look asks again. */
const patient = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(120_000) });

class Field {
  owner = $state<Owner>("");
  tab = $state<Tab>("nearby");
  today = $state.raw<Today | null>(null);
  pack = $state.raw<Pack | null>(null);
  syncing = $state(false);
  /** Why the last attempt to reach the server failed; null while all is well. */
  away = $state<Problem | null>(null);
  #line = $state(navigator.onLine);
  /** No answer from the server, whoever noticed first. */
  offline = $derived(!this.#line || outbox.stop === "offline" || this.away?.offline === true);
  /** The server answers, but not with the day: what is shown is kept from before. */
  trouble = $derived(!this.offline && (this.away?.status ?? 0) >= 500);
  /** The household that a report is to be about, when the report was begun from it. */
  about = $state.raw<Household | null>(null);

  /** Unplaced households whose place stands in the outbox. */
  placing = $derived(new Set(outbox.items.filter((item) => item.kind === "place" && item.state !== "refused").map((item) => item.path.business_id)));

  /** Visits that stand in the outbox count as made. */
  #made = $derived(
    new Map(
      outbox.items
        .filter((item) => item.kind === "visit" && item.state !== "refused" && item.body.business_id)
        .reverse()
        .map((item) => [item.body.business_id as number, item.body.at as string]),
    ),
  );

  households: Household[] = $derived(
    (this.pack?.households ?? []).map((one) => {
      const last = later(one.last_visit, this.#made.get(one.business_id) ?? null);
      return { ...one, last_visit: last, ...dueOf(last, this.pack!.visit_days[one.risk]) };
    }),
  );
  /** Departments and trades, for forms that choose among them. */
  lists = $derived({
    departments: (this.pack?.departments ?? []).map((one) => ({ code: one.code, name: { zh: one.name, en: one.name_en } })),
    trades: this.pack?.trades ?? [],
  });
  cells = $derived((this.today?.cells ?? this.pack?.cells)?.features ?? []);
  bounds: Bounds | null = $derived(boundsOf(this.cells.map((cell) => polygon(cell))));
  /** My cell in which I stand. */
  here = $derived(position.fix ? (this.cells.find((cell) => within(position.fix as Place, polygon(cell))) ?? null) : null);

  async begin(me: Me): Promise<void> {
    addEventListener("offline", () => (this.#line = false));
    addEventListener("online", () => {
      this.#line = true;
      void this.sync();
    });
    setInterval(() => void (this.away && !this.syncing && document.visibilityState === "visible" && this.sync()), AGAIN);
    this.owner = ownerOf(me);
    const [today, pack] = await Promise.all([readPack<Today>(this.owner, "today"), readPack<Pack>(this.owner, "pack")]);
    this.today = today ? { ...today.content, matters: today.content.matters.map((one) => ({ ...one, history: one.history ?? [], partners: one.partners ?? [], aside: one.aside ?? [] })) } : null; // kept by a page of before
    this.pack = pack?.content ?? null;
    outbox.onarrived = () => void this.sync();
    await outbox.begin(this.owner);
    await this.sync();
  }

  /** Fetch the day, and the pack when it has aged or `all` is wanted. Without a network the kept ones stay. */
  async sync(all = false): Promise<void> {
    if (this.syncing) {
      this.#again = true; // what arrived meanwhile is not in the answer under way
      return;
    }
    this.syncing = true;
    try {
      const me = await session.load();
      if (ownerOf(me) !== this.owner) return location.reload(); // somebody else has signed in meanwhile
      await remember(me);
      const at = position.report();
      const query = at ? { lon: at.lon, lat: at.lat } : {};
      // Side by side: the list of households is there as soon as it has come.
      await Promise.all([
        all || !this.pack || Date.now() - new Date(this.pack.made_at).getTime() > PACK_AGE ? this.#fetchPack() : null,
        this.#fetchToday(query),
      ]);
      void keepOfficers(this.owner).catch((error: unknown) => console.warn(error));
      await agree(this.owner);
      this.away = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.away = error;
    } finally {
      this.syncing = false;
      if (this.#again) {
        this.#again = false;
        void this.sync();
      }
    }
  }
  #again = false;

  async #fetchToday(query: { lon?: number; lat?: number }): Promise<void> {
    const today = await data(api.GET("/api/field/today", { ...patient(), params: { query } }));
    learn(today.made_at);
    this.today = today;
    await writePack(this.owner, "today", today);
  }

  async #fetchPack(): Promise<void> {
    this.pack = await data(api.GET("/api/field/pack", patient()));
    await writePack(this.owner, "pack", this.pack);
    if (this.bounds) void fetchTiles(this.bounds);
  }

  report(about: Household | null): void {
    this.about = about;
    this.tab = "report";
  }
}

function polygon(cell: Schemas["MyCell"]): GeoJSON.Polygon {
  return cell.geometry as unknown as GeoJSON.Polygon;
}

function later(a: string | null, b: string | null): string | null {
  if (!a || !b) return a ?? b;
  return new Date(a) > new Date(b) ? a : b;
}

export const field = new Field();
