// What waits for my signature: the list, what is open, what is marked for signing at once.

import { api, data } from "$shared/api/client";
import type { components } from "$shared/api/schema";
import { Asked } from "$shared/asked.svelte";

type Schemas = components["schemas"];
export type Row = Schemas["ApprovalRow"];
export type Detail = Schemas["ApprovalDetail"];
export type Kind = Schemas["ApprovalKind"];
export type Phrase = Schemas["PhraseView"];

export const nameOf = (row: Row): string => `${row.matter_id}:${row.proposal}`;

export class Approvals {
  readonly list = new Asked(() => data(api.GET("/api/approvals")));
  all = $derived(this.list.data?.items ?? []);
  kinds = $derived(this.list.data?.kinds ?? []);
  phrases = $state.raw<Phrase[]>([]);
  kind = $state("");
  open = $state<string | null>(null);
  marked = $state.raw<ReadonlySet<string>>(new Set());

  rows = $derived(this.all.filter((row) => !this.kind || row.kind === this.kind));
  row = $derived(this.rows.find((row) => nameOf(row) === this.open) ?? null);
  chosen = $derived(this.all.filter((row) => row.routine && this.marked.has(nameOf(row))));
  overdue = $derived(this.all.filter((row) => row.overdue).length);

  async load(): Promise<void> {
    await this.list.load();
    if (this.kind && !this.kinds.some((one) => one.kind === this.kind)) this.kind = "";
  }

  async loadPhrases(): Promise<void> {
    this.phrases = await data(api.GET("/api/stock-phrases"));
  }

  /** Open the row so many places further down; the first where none is open. */
  walk(step: number): void {
    const at = this.rows.findIndex((row) => nameOf(row) === this.open);
    const next = this.rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), this.rows.length - 1)];
    if (next) this.open = nameOf(next);
  }

  mark(row: Row, on: boolean): void {
    const marked = new Set(this.marked);
    if (on) marked.add(nameOf(row));
    else marked.delete(nameOf(row));
    this.marked = marked;
  }

  /** After a signature: what follows in the list opens, where `follow`; else the list itself. */
  async after(follow: boolean): Promise<void> {
    const at = this.rows.findIndex((row) => nameOf(row) === this.open);
    await this.load();
    const next = this.rows[Math.min(Math.max(at, 0), this.rows.length - 1)];
    this.open = follow && next ? nameOf(next) : null;
  }
}
