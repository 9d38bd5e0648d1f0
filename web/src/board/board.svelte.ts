// What the board shows: the period and the map's measure (both in the address), and the figures they give.

import { AddressBar } from "$shared/address";
import { api, data } from "$shared/api/client";
import type { components, operations } from "$shared/api/schema";
import { live } from "$shared/live.svelte";
import { session } from "$shared/session.svelte";
import { Asked } from "$shared/asked.svelte";
import { measureOf, type CellRow, type MeasureId } from "$shared/map/measures";
import { isDay, KINDS, period, today, trendPeriod, type Kind, type Period } from "./period";

export const OVERDUE_SHOWN = 200;
export const VIEWS = ["overview", "indicators", "reports", "appraisals"] as const;
export type View = (typeof VIEWS)[number];
export type Group = operations["get_indicator_groups"]["parameters"]["query"]["by"];
export type ClocksBy = "department" | "station";
const SETTLE_MS = 500;
const LONGEST_MS = 3000;

/** Metres of a hexagon's edge that the page offers. */
export const SIDES = [100, 250, 500, 1000] as const;
export type Hexagon = components["schemas"]["HexagonRow"];

class Board {
  view = $state<View>("overview");
  kind = $state<Kind>("days30");
  custom = $state.raw<Period>(period("days30", today()));
  measure = $state<MeasureId>("coverage");
  cell = $state<number | null>(null);
  /** The indicator that is broken down, by what. */
  indicator = $state("on_time_rate");
  by = $state<Group>("station");
  clocksBy = $state<ClocksBy>("department");
  /** The instant of the newest figures. */
  asOf = $state<Date | null>(null);

  coverage = new Asked(() => data(api.GET("/api/board/coverage", { params: { query: this.period() } })));
  states = new Asked(() => data(api.GET("/api/board/states")));
  overdue = new Asked(() => data(api.GET("/api/board/overdue", { params: { query: { limit: OVERDUE_SHOWN } } })));
  trend = new Asked(() => data(api.GET("/api/board/trend", { params: { query: trendPeriod(this.period()) } })));
  /** The lists that must be empty; not for everybody who reads the board. */
  lists = new Asked(() => data(api.GET("/api/offenders", { params: { query: {} } })));
  workload = new Asked(() => data(api.GET("/api/board/workload", { params: { query: this.period() } })));
  indicators = new Asked(() => data(api.GET("/api/board/indicators", { params: { query: this.period() } })));
  groups = new Asked(() => this.grouped(this.by));
  /** The chosen indicator by cell, for the map. */
  byCell = new Asked(() => this.grouped("cell"));
  /** Hotspots over hexagons of that side in place of the cells; 0: over the cells. */
  side = $state(0);
  hexagons = new Asked(() => data(api.GET("/api/board/hexagons", { params: { query: { ...this.period(), side: this.side } } })));
  hotspots = new Asked(() => data(api.GET("/api/board/hotspots", { params: { query: this.period() } })));
  clocks = new Asked(() =>
    data(api.GET("/api/board/clocks", { params: { query: { ...this.period(), by: this.clocksBy } } })),
  );
  forms = new Asked(() => data(api.GET("/api/board/forms")));
  reports = new Asked(() => data(api.GET("/api/board/reports", { params: { query: {} } })));

  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting = 0;

  readonly bar = new AddressBar(this);

  read(address: URLSearchParams): void {
    this.view = VIEWS.find((view) => view === address.get("view")) ?? "overview";
    const measure = address.get("measure");
    this.measure = measure === "hotspots" || measure === "indicator" ? measure : measureOf(measure).id;
    this.side = SIDES.find((side) => side === Number(address.get("side"))) ?? 0;
    const indicator = address.get("indicator") ?? "";
    if (/^[a-z_]{1,40}$/.test(indicator)) this.indicator = indicator;
    const [since, until] = [address.get("since"), address.get("until")];
    if (isDay(since) && isDay(until)) {
      this.kind = "custom";
      this.custom = { since, until };
    } else {
      this.kind = KINDS.find((kind) => kind !== "custom" && kind === address.get("period")) ?? "days30";
    }
  }

  /** The days that the figures cover; a page left open moves on with the day. */
  period(): Period {
    return this.kind === "custom" ? this.custom : period(this.kind, today());
  }

  address(): string {
    const chosen = this.kind === "custom" ? this.custom : { period: this.kind };
    const parts = new URLSearchParams({ ...chosen, measure: this.measure });
    if (this.view !== "overview") parts.set("view", this.view);
    if (this.measure === "hotspots" && this.side) parts.set("side", String(this.side));
    if (this.view === "indicators" || this.measure === "indicator") parts.set("indicator", this.indicator);
    return `#${parts}`;
  }

  place(): string {
    return this.view;
  }

  choose(kind: Kind): void {
    if (kind === "custom") this.custom = this.period();
    this.kind = kind;
  }

  private grouped(by: Group) {
    return data(
      api.GET("/api/board/indicators/{name}/groups", {
        params: { path: { name: this.indicator }, query: { ...this.period(), by } },
      }),
    );
  }

  /** What the page on show needs, and no more; hotspots, which take seconds, not at every live change. */
  async load(live = false): Promise<void> {
    const all: Asked<unknown>[] =
      this.view === "indicators"
        ? [this.indicators, this.groups, this.clocks]
        : this.view === "reports"
        ? [this.reports, this.forms]
        : this.view === "appraisals"
        ? []
        : [this.coverage, this.states, this.overdue, this.trend, this.workload];
    if (this.view === "overview" && session.may("matters:read-all")) all.push(this.lists);
    if (this.view === "overview" && this.measure === "hotspots" && !live) all.push(this.side ? this.hexagons : this.hotspots);
    if (this.view === "overview" && this.measure === "indicator") all.push(this.indicators, this.byCell);
    await Promise.all(all.map((one) => one.load()));
    if (all.some((one) => !one.failed)) this.asOf = new Date();
  }

  /** What the map's measure needs and nobody asked for yet: an address may bring another one. */
  complete(): void {
    const one = this.measure === "indicator" ? this.byCell : this.hexed ? this.hexagons : this.hotspots;
    const there = this.hexed ? this.hexagons.data?.asked === this.side : one.data !== null;
    if (["hotspots", "indicator"].includes(this.measure) && !there && !one.loading) void this.load();
  }

  /** Follow live changes: together when they come in a rush, yet never later than a few seconds. */
  follow(): () => void {
    return live.listen(() => {
      this.#waiting ||= Date.now();
      clearTimeout(this.#timer);
      const left = this.#waiting + LONGEST_MS - Date.now();
      this.#timer = setTimeout(
        () => {
          this.#waiting = 0;
          void this.load(true);
        },
        Math.max(0, Math.min(SETTLE_MS, left)),
      );
    });
  }

  /** Whether the map shows hexagons. */
  get hexed(): boolean {
    return this.measure === "hotspots" && this.side > 0;
  }

  get cells(): CellRow[] {
    return this.coverage.data?.cells ?? [];
  }

  get chosen(): CellRow | null {
    return this.cells.find((row) => row.cell_id === this.cell) ?? null;
  }
}

export const board = new Board();

export const deskMatter = (matter: number): string => `/desk/#view=queue&tab=all&matter=${matter}`;
export const deskOverdue = "/desk/#view=queue&tab=late";
/** Overdue matters of a cell, or of one state of a procedure. */
export const deskLate = (of: { cell: number } | { pack: string; state: string }): string =>
  `${deskOverdue}&${"cell" in of ? `cell=${of.cell}` : `pack=${of.pack}&state=${of.state}`}`;
/** Matters in one state of a procedure. */
export const deskState = (pack: string, state: string, ended: boolean): string =>
  `/desk/#${new URLSearchParams({ view: "queue", tab: ended ? "ended" : "all", pack, state })}`;
export const deskBusiness = (business: number): string => `/desk/#view=queue&tab=all&business=${business}`;
export const deskCell = (cell: number): string => `/desk/#view=queue&tab=all&cell=${cell}`;
/** A list that must be empty, of all or of one station or department. */
export const deskList = (list: string, of: { station?: number; department?: string } = {}): string => {
  const parts = new URLSearchParams({ view: "offenders", list });
  if (of.station) parts.set("station", String(of.station));
  if (of.department) parts.set("department", of.department);
  return `/desk/#${parts}`;
};
export const deskPack = (pack: string): string => `/desk/#view=queue&tab=all&pack=${pack}`;
export const deskOpen = "/desk/#view=queue&tab=all";
