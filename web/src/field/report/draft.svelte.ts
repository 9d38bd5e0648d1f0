// The report being written. Its page keeps it on the phone (`Kept`): opening the camera may cost the page its life.

import { newKey } from "$shared/key";
import { stamp } from "../clock";
import { field } from "../field.svelte";
import { store, writePack } from "../offline/db";
import type { Item, Photo } from "../offline/outbox";
import { outbox } from "../offline/outbox.svelte";
import { noted } from "../noted";
import { named } from "../photos";
import { position } from "../position.svelte";
import { impliedBy, stated, useTrade, type Answers } from "./questions";

export type Who = { id: number; name: string; address: string | null; code: string | null; licensed: boolean };

export type Content = {
  key: string;
  who: Who | null;
  name: string;
  address: string;
  answers: Answers;
  /** The trade that the register filled in. */
  filled: string | null;
  operator: string;
  scope: string;
  note: string;
  photos: Photo[];
  /** The key of the refused item that is being corrected. */
  fixing: string | null;
};

/** Under this name the report is kept. */
export const KEPT = "draft";
const empty = (): Content => ({
  key: newKey(), who: null, name: "", address: "", answers: { business_licence_status: "none" }, filled: null, operator: "", scope: "",
  note: "", photos: [], fixing: null,
});

class Draft {
  now = $state<Content>(empty());

  /** The procedure's facts, captioned, that this report may ask for. */
  facts = $derived(
    (field.pack?.procedures.find((one) => one.id === field.pack?.reports)?.facts ?? {}) as Record<string, Record<string, any>>,
  );
  known = (fact: string): boolean => fact in this.facts;
  stated = $derived(stated(this.now.answers, this.known));
  ready = $derived(Boolean(this.now.who || (this.now.name.trim() && this.now.address.trim())));
  /** Something was photographed, spoken or written already. */
  told = $derived(Boolean(this.now.photos.length || this.now.note.trim()));
  begun = $derived(Boolean(this.now.who || this.now.name || this.now.photos.length || this.now.note));

  /** A known household: its trade stands in the register, and is there to be corrected. */
  choose(who: Who): void {
    this.now.who = who;
    const trade = field.households.find((one) => one.business_id === who.id)?.trade;
    const known = field.pack?.trades.find((one) => trade && (one.name === trade || one.aliases.includes(trade)));
    if (known && !this.now.answers.trade) {
      this.trade(known.name, true);
      this.now.filled = known.name;
    }
    this.now.answers = { ...this.now.answers, business_licence_status: who.licensed ? "valid" : "none" };
  }

  /** Another household: what the register said of the one before goes with it. */
  another(): void {
    const { filled, answers } = this.now;
    this.now = { ...this.now, who: null, name: "", address: "", filled: null, answers: filled && answers.trade === filled ? empty().answers : answers };
  }

  trade(name: string, needsPermit: boolean): void {
    this.now.answers = { business_licence_status: this.now.answers.business_licence_status, trade: name, ...impliedBy(name, needsPermit) };
  }

  /** What was told of another household goes; the household that is chosen stays. */
  empty(): void {
    const { who } = this.now;
    this.clear();
    if (who) this.choose(who);
  }

  clear(): void {
    this.now = empty();
  }

  /** Into the outbox, and a fresh sheet. */
  async submit(): Promise<string> {
    const { key, who, fixing } = this.now;
    const content = $state.snapshot(this.now) as Content;
    const { at } = stamp();
    const title = who?.name ?? content.name.trim();
    const before = fixing ? outbox.items.find((item) => item.key === fixing) : undefined;
    const body = {
      key,
      found_at: before ? before.body.found_at : at,
      source: "patrol",
      ...(who ? { business_id: who.id } : { name: content.name.trim(), address: content.address.trim() }),
      facts: {
        ...this.stated,
        ...(who?.address ? { address: who.address } : {}),
        ...(content.operator.trim() ? { operator_name: content.operator.trim() } : {}),
        ...(content.scope.trim() ? { scope: content.scope.trim() } : {}),
      },
      note: content.note.trim() || null,
      position: before ? before.body.position : position.report(),
      device: before ? before.body.device : noted(),
    };
    const photos = content.photos.map((photo) => ({ ...photo, state: photo.state === "refused" ? "waiting" : photo.state }) as Photo);
    const named_ = photos.map(named);
    if (before) await outbox.retry(before, { title, body, photos: named_ }, photos);
    else await outbox.add({ key, kind: "finding", title, path: {}, body, photos: named_ }, photos);
    if (typeof content.answers.trade === "string") useTrade(content.answers.trade);
    this.clear();
    return title;
  }

  /** Take a refused report back onto the sheet, in the place of what is kept there. */
  async fix(item: Item): Promise<void> {
    const body = item.body as { business_id?: number; name?: string; address?: string; note?: string | null; facts: Answers };
    const { address, operator_name, scope, ...answers } = body.facts as Record<string, unknown>;
    const photos = await Promise.all(item.photos.map((photo) => store.photo(item.owner, photo.sha256)));
    const household = field.households.find((one) => one.business_id === body.business_id);
    this.now = {
      key: item.key,
      who: body.business_id
        ? { id: body.business_id, name: item.title, address: (address as string) ?? null, code: household?.code ?? null, licensed: answers.business_licence_status === "valid" }
        : null,
      name: body.name ?? "",
      address: body.address ?? "",
      answers,
      filled: null,
      operator: (operator_name as string) ?? "",
      scope: (scope as string) ?? "",
      note: body.note ?? "",
      photos: photos.filter((photo): photo is Photo => photo?.blob != null),
      fixing: item.key,
    };
    await writePack(field.owner, KEPT, $state.snapshot(this.now));
    field.tab = "report";
  }
}

export const draft = new Draft();
