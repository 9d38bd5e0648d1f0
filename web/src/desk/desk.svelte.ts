// What the desk shows: the filters that queue and map share, the rows they give, what is chosen.
// The filters live in the address, so a reload or a sent link shows the same desk.

import { AddressBar } from "$shared/address";
import { api, data } from "$shared/api/client";
import type { components, operations } from "$shared/api/schema";
import { say } from "$shared/i18n/language.svelte";
import { live } from "$shared/live.svelte";
import { toasts } from "$shared/ui/toasts.svelte";
import { PAGES, viewOf, type View } from "./pages";
import { w } from "./words";

export type MatterRow = components["schemas"]["MatterRow"];
export type Pins = components["schemas"]["Pins"];
export type Query = NonNullable<operations["list_matters"]["parameters"]["query"]>;
export type Tab = "mine" | "fresh" | "late" | "sign" | "all" | "ended";

const PAGE = 60;
/** As many as the API takes in one batch. */
const MOST_AT_ONCE = 200;
const TABS: Tab[] = ["mine", "fresh", "late", "sign", "all", "ended"];
const QUERY: Record<Tab, Query> = {
  mine: { waits_for: "me" },
  fresh: { lane: "new" },
  late: { overdue: true },
  sign: { to_sign: true },
  all: {},
  ended: { ended: "yes" },
};

class Desk {
  #view = $state<View>("queue");
  /** The sub-tab of the page on show; empty: its first. Use {@link partOf} to read it. */
  part = $state("");
  tab = $state<Tab>("mine");
  text = $state("");
  /** Only this procedure's matters, and only those in this state of it; the board's links set them. */
  pack = $state("");
  state = $state("");
  /** Only this cell's matters; the board's links set it. */
  cell = $state<number | null>(null);
  matter = $state<number | null>(null);
  business = $state<number | null>(null);
  /** The cell whose panel is open: of today, or of the past day on show. */
  ground = $state<number | null>(null);
  /** A past day whose cells the map shows; empty: today. */
  day = $state("");
  /** What the cells are coloured by: a measure's name, or nothing. */
  tint = $state("");
  /** The draft of a new division in the editor. */
  draft = $state<number | null>(null);
  /** The rotation sheet on show. */
  handover = $state<number | null>(null);
  /** The offenders' list on show, and whose rows of it: a station's, or those referred to a department. */
  list = $state("");
  station = $state<number | null>(null);
  department = $state("");
  rows = $state.raw<MatterRow[]>([]);
  /** Every matter that the filters give and that has a place; the queue shows them page by page. */
  pins = $state.raw<Pins>({ type: "FeatureCollection", features: [], truncated: false });
  next = $state<string | null>(null);
  loading = $state(false);
  failed = $state<string | null>(null);
  chosen = $state<Set<number>>(new Set());
  /** Grows with every change that arrives; what is on show fetches itself anew when it moves. */
  pulse = $state(0);

  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly bar = new AddressBar(this);

  get view(): View {
    return this.#view;
  }

  /** Turn to a page; it begins with its first sub-tab. */
  set view(view: View) {
    if (view !== this.#view) this.part = "";
    this.#view = view;
  }

  /** Which of a page's sub-tabs is on show: the one in the address, else the first. */
  partOf<Part extends string>(parts: readonly Part[]): Part {
    return parts.find((one) => one === this.part) ?? parts[0]!;
  }

  read(address: URLSearchParams): void {
    this.view = viewOf(address.get("view"));
    this.part = address.get("part") ?? "";
    this.tab = TABS.find((tab) => tab === address.get("tab")) ?? "mine";
    this.text = address.get("q") ?? "";
    this.pack = address.get("pack") ?? "";
    this.state = address.get("state") ?? "";
    this.cell = Number(address.get("cell")) || null;
    this.matter = Number(address.get("matter")) || null;
    this.business = Number(address.get("business")) || null;
    this.ground = Number(address.get("ground")) || null;
    this.day = /^\d{4}-\d\d-\d\d$/.test(address.get("day") ?? "") ? address.get("day")! : "";
    this.tint = address.get("tint") ?? "";
    this.draft = Number(address.get("draft")) || null;
    this.handover = Number(address.get("handover")) || null;
    this.list = address.get("list") ?? "";
    this.station = Number(address.get("station")) || null;
    this.department = /^D\d\d$/.test(address.get("department") ?? "") ? address.get("department")! : "";
  }

  /** A page, a sub-tab, what is opened are places that Back returns to; a filter is none. */
  place(): string {
    return JSON.stringify([this.view, this.part, this.matter, this.business, this.ground, this.draft, this.handover, this.list]);
  }

  /** The address of what is shown. */
  address(): string {
    const parts = new URLSearchParams();
    if (this.view !== "queue") parts.set("view", this.view);
    if (this.part) parts.set("part", this.part);
    if (this.tab !== "mine") parts.set("tab", this.tab);
    if (this.text) parts.set("q", this.text);
    if (this.pack) parts.set("pack", this.pack);
    if (this.state) parts.set("state", this.state);
    if (this.cell) parts.set("cell", String(this.cell));
    if (this.matter) parts.set("matter", String(this.matter));
    if (this.business) parts.set("business", String(this.business));
    if (this.ground) parts.set("ground", String(this.ground));
    if (this.day) parts.set("day", this.day);
    if (this.tint) parts.set("tint", this.tint);
    if (this.view === "division" && this.draft) parts.set("draft", String(this.draft));
    if (this.view === "handovers" && this.handover) parts.set("handover", String(this.handover));
    if (this.view === "offenders") {
      if (this.list) parts.set("list", this.list);
      if (this.station) parts.set("station", String(this.station));
      if (this.department) parts.set("department", this.department);
    }
    return `#${parts}`;
  }

  filter(): Query {
    return { ...QUERY[this.tab], q: this.text || undefined, pack: this.pack || undefined, state: this.state || undefined, cell_id: this.cell ?? undefined };
  }

  #asked = 0;
  #pinned = 0;

  /** Fetch the queue, or its next page. An answer that a later question has overtaken is not shown. */
  async load(more = false): Promise<void> {
    const asked = ++this.#asked;
    this.loading = true;
    try {
      const filter = this.filter();
      const query = { ...filter, limit: PAGE, cursor: more ? (this.next ?? undefined) : undefined };
      const found = data(api.GET("/api/matters", { params: { query } }));
      if (!more) void this.#pin(filter);
      const page = await found;
      if (asked !== this.#asked) return;
      this.rows = more ? [...this.rows, ...page.items] : page.items;
      this.next = page.next ?? null;
      this.failed = null;
    } catch (error) {
      if (asked === this.#asked) this.failed = (error as Error).message;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  async #pin(filter: Query): Promise<void> {
    try {
      const asked = ++this.#pinned;
      const pins = await data<Pins>(api.GET("/api/matters.geojson", { params: { query: filter } }));
      if (asked === this.#pinned) this.pins = pins;
    } catch (error) {
      toasts.bad(error);
    }
  }

  /** Show a matter's story beside the map; a page that is a page of its own gives way to the queue. */
  open(matter: number): void {
    this.#beside({ matter });
  }

  openBusiness(business: number): void {
    this.#beside({ business });
  }

  openCell(ground: number): void {
    this.#beside({ ground });
  }

  #beside({ matter = null, business = null, ground = null }: Partial<Record<"matter" | "business" | "ground", number | null>>): void {
    if (PAGES[this.view].load) this.view = "queue";
    [this.matter, this.business, this.ground] = [matter, business, ground];
  }

  choose(matter: number, on: boolean): void {
    const chosen = new Set(this.chosen);
    if (on) chosen.add(matter);
    else chosen.delete(matter);
    this.chosen = chosen;
  }

  /** Select these besides what is selected; says how many of them the command can take at once. */
  chooseAll(matters: number[]): void {
    const all = new Set([...this.chosen, ...matters]);
    if (all.size > MOST_AT_ONCE) toasts.bad(new Error(w("tooMany", { n: all.size, most: MOST_AT_ONCE })));
    this.chosen = new Set([...all].slice(0, MOST_AT_ONCE));
  }

  /** Follow live changes; several within a third of a second count as one. */
  follow(): () => void {
    return live.listen((change) => {
      if (change.kind === "warnings") void this.#warn(change.touched ?? []);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.pulse++, 300);
    });
  }

  /** Limits that near their end were announced: tell of those that are for this person to see to. */
  async #warn(matters: number[]): Promise<void> {
    try {
      const mine = await data(api.GET("/api/warnings", { params: { query: { limit: 200 } } }));
      const fresh = mine.filter((one) => matters.includes(one.matter_id));
      const [first] = fresh;
      if (first) toasts.good(w("nearing", { n: fresh.length, title: first.title, clock: say(first.clock_title) }));
    } catch (error) {
      toasts.bad(error);
    }
  }

  fail(error: unknown): void {
    toasts.bad(error);
  }
}

export const desk = new Desk();
