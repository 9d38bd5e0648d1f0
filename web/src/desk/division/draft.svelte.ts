// One draft under the editor's hands: its cells and blocks, what is chosen, and the verbs with the version they need.

import type { Polygon } from "geojson";
import { api, data, Problem, type Fault } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { toasts } from "$shared/ui/toasts.svelte";
import { adjacency, around, targets, type Ground } from "./neighbours";
import { ratios } from "./scale";
import { w } from "./words";

type Schemas = components["schemas"];
export type DraftView = Schemas["RedivisionView"];
export type Cells = Schemas["DraftCellCollection"];
export type Blocks = Schemas["DraftBlockCollection"];
export type Quality = Schemas["Quality"];
/** What a line that is being drawn will do. */
export type Drawing = { verb: "split"; cell: number } | { verb: "cut"; block: number };
type Path = { params: { path: { redivision_id: number } } };

export class Draft {
  view = $state.raw<DraftView>()!;
  cells = $state.raw<Cells>()!;
  blocks = $state.raw<Blocks>()!;
  /** Figures before the last edit; null until something was edited here. */
  before = $state.raw<Quality | null>(null);
  chosen = $state.raw<Set<number>>(new Set());
  cell = $state<number | null>(null);
  /** Every click adds to the choice: for a finger, which has no Shift. */
  many = $state(false);
  /** A cell that a button points at; the map shows it. */
  hinted = $state<number | null>(null);
  drawing = $state.raw<Drawing | null>(null);
  busy = $state(false);
  /** Somebody else made a newer version; what is on show stays until it is asked for. */
  stale = $state(false);
  faults = $state.raw<{ message: string; list: Fault[] } | null>(null);

  byNumber: Map<number, Ground> = $derived(
    new Map(
      this.blocks.features.map(({ id, geometry, properties }) => [
        id,
        { number: id, cell: properties.cell, station: properties.station_id, shape: geometry as unknown as Polygon },
      ]),
    ),
  );
  #near = $derived(adjacency([...this.byNumber.values()]));
  ratio = $derived(ratios(this.cells.features.map((one) => one.properties)));
  /** Cells into which the chosen blocks could move. */
  targets = $derived(targets(this.chosen, this.byNumber, this.#near));
  /** Neighbours of the chosen cell. */
  around = $derived(this.cell === null ? [] : around(this.cell, this.byNumber, this.#near));
  editable = $derived(this.view.state === "open" && !this.stale);

  static async open(id: number): Promise<Draft> {
    const made = new Draft();
    made.#take(await fetchAll(id));
    return made;
  }

  get path(): Path {
    return { params: { path: { redivision_id: this.view.id } } };
  }

  properties(label: number | null): Schemas["DraftCellProperties"] | null {
    return this.cells.features.find((one) => one.id === label)?.properties ?? null;
  }

  title(label: number): string {
    return this.properties(label)?.title ?? String(label);
  }

  /** Fetch the newest version; what is chosen stays chosen where it is still there. */
  async reload(): Promise<void> {
    try {
      this.#take(await fetchAll(this.view.id));
      this.stale = false;
      this.faults = null;
    } catch (error) {
      toasts.bad(error);
    }
  }

  #take([view, cells, blocks]: [DraftView, Cells, Blocks]): void {
    this.view = view;
    this.cells = cells;
    this.blocks = blocks;
    this.chosen = new Set([...this.chosen].filter((number) => this.byNumber.has(number)));
    if (this.cell !== null && !cells.features.some((one) => one.id === this.cell)) this.cell = null;
  }

  /** Something happened to the draft: when it was not this page, say so and wait to be asked. */
  async heard(): Promise<void> {
    if (this.busy) return;
    const now = await data(api.GET("/api/redivisions/{redivision_id}", this.path));
    if (now.version !== this.view.version && !this.busy) this.stale = true;
  }

  /** Send a verb and show what it made. True when it was done; a refusal is told and changes nothing. */
  async act(send: (version: number) => Promise<{ data?: DraftView }>): Promise<boolean> {
    if (this.busy) return false;
    const before = this.view.report;
    this.busy = true;
    this.faults = null;
    try {
      const view = await data(send(this.view.version));
      if (["open", "scheduled"].includes(view.state)) {
        const [cells, blocks] = await grounds(view.id);
        this.#take([view, cells, blocks]);
        this.before = before;
      } else this.view = view;
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === "draft-changed") this.stale = true;
      else if (error instanceof Problem && error.faults.length) this.faults = { message: error.message, list: error.faults };
      else toasts.bad(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  async move(to: number): Promise<void> {
    const blocks = [...this.chosen];
    const done = await this.act((version) =>
      api.POST("/api/redivisions/{redivision_id}/move", { ...this.path, body: { version, blocks, to } }),
    );
    if (done) this.cell = to;
  }

  merge(other: number): Promise<boolean> {
    const keep = this.cell!;
    return this.act((version) => api.POST("/api/redivisions/{redivision_id}/merge", { ...this.path, body: { version, keep, other } }));
  }

  split(line: [number, number][] | null): Promise<boolean> {
    const cell = this.cell!;
    return this.act((version) =>
      api.POST("/api/redivisions/{redivision_id}/split", { ...this.path, body: { version, cell, line: line && points(line) } }),
    );
  }

  /** The line that was drawn ends: it splits the cell or cuts the block for which it was begun. */
  async drawn(line: [number, number][]): Promise<void> {
    const asked = this.drawing;
    this.drawing = null;
    if (!asked || line.length < 2) return;
    if (asked.verb === "split") {
      this.cell = asked.cell;
      await this.split(line);
    } else {
      const block = asked.block;
      await this.act((version) =>
        api.POST("/api/redivisions/{redivision_id}/cut", { ...this.path, body: { version, block, line: points(line) } }),
      );
    }
  }

  undo(): Promise<boolean> {
    return this.act((version) => api.POST("/api/redivisions/{redivision_id}/undo", { ...this.path, body: { version } }));
  }

  redo(): Promise<boolean> {
    return this.act((version) => api.POST("/api/redivisions/{redivision_id}/redo", { ...this.path, body: { version } }));
  }

  async drop(): Promise<void> {
    if (!confirm(w("dropSure", { name: this.view.name }))) return;
    await this.act((version) => api.POST("/api/redivisions/{redivision_id}/drop", { ...this.path, body: { version } }));
  }

  withdraw(): Promise<boolean> {
    return this.act((version) => api.POST("/api/redivisions/{redivision_id}/withdraw", { ...this.path, body: { version } }));
  }

  schedule(day: string): Promise<boolean> {
    return this.act((version) => api.POST("/api/redivisions/{redivision_id}/schedule", { ...this.path, body: { version, day } }));
  }

  take(file: File): Promise<boolean> {
    return this.act((version) =>
      api.POST("/api/redivisions/{redivision_id}/import", {
        ...this.path,
        body: { file: file.name, version },
        bodySerializer: () => {
          const form = new FormData();
          form.set("file", file, file.name);
          form.set("version", String(version));
          return form;
        },
      }),
    );
  }

  /** A click on a block: alone it is the choice, with `more` it is added or taken out again. */
  choose(numbers: number[], more: boolean): void {
    const next = more ? new Set(this.chosen) : new Set<number>();
    for (const number of numbers) {
      if (more && numbers.length === 1 && next.has(number)) next.delete(number);
      else next.add(number);
    }
    this.chosen = next;
    this.cell = this.byNumber.get(numbers[0] ?? -1)?.cell ?? this.cell;
  }

  /** The label of the cell that a fault points at: by its place in the list, or `/label#part` of a file. */
  labelOf(fault: Fault): number | null {
    const [, first = ""] = fault.pointer.split("/");
    if (first.includes("#")) return Number(first.split("#")[0]) || null;
    const labels = this.cells.features.map((one) => one.id).sort((a, b) => a - b);
    return first === "" ? null : (labels[Number(first)] ?? null);
  }
}

const points = (line: [number, number][]): { lon: number; lat: number }[] => line.map(([lon, lat]) => ({ lon, lat }));

function grounds(id: number): Promise<[Cells, Blocks]> {
  const params = { path: { redivision_id: id } };
  return Promise.all([
    data(api.GET("/api/redivisions/{redivision_id}/cells", { params })),
    data(api.GET("/api/redivisions/{redivision_id}/blocks", { params })),
  ]);
}

async function fetchAll(id: number): Promise<[DraftView, Cells, Blocks]> {
  const view = await data(api.GET("/api/redivisions/{redivision_id}", { params: { path: { redivision_id: id } } }));
  return [view, ...(await grounds(id))];
}
