// What a supervisor fills in at the door of a shop that is checked, and what of it is sent.

import type { Seen } from "$shared/spotchecks/words";

export type Answers = {
  place: Seen["place"] | null;
  since: string;
  open: Seen["open"];
  /** null: not answered; true: as the register says; false: as typed. */
  sameName: boolean | null;
  name: string;
  licence: boolean | null;
  sameTrade: boolean | null;
  trade: string;
  missed: boolean | null;
  missedWhat: string;
  visited: boolean | null;
  note: string;
};

export const empty = (): Answers => ({
  place: null, since: "", open: null, sameName: null, name: "", licence: null, sameTrade: null, trade: "", missed: null,
  missedWhat: "", visited: null, note: "",
});

const text = (words: string): string | null => words.trim() || null;

/** The answers as the server takes them: of a shop that is not there, only what can be said of it. */
export function seenOf(answers: Answers, recorded: { name: string | null; trade: string | null }): Seen {
  const { place, open } = answers;
  const there = place === "there";
  const since = place !== "there" || open === "ended" ? text(answers.since) : null;
  return {
    place: place ?? "there",
    gone_since: since,
    open: there ? open : null,
    name: there ? (answers.sameName ? recorded.name : text(answers.name)) : null,
    licence_shown: there ? answers.licence : null,
    trade: there ? (answers.sameTrade ? recorded.trade : text(answers.trade)) : null,
    missed: there ? answers.missed : null,
    missed_what: there && answers.missed ? text(answers.missedWhat) : null,
    visited: there ? answers.visited : null,
    note: text(answers.note),
  };
}

export type Lacking = "place" | "missedWhat" | "photo";

/** What keeps it from being sent: the first answer, words for what was missed, a photo. In the sheet's order. */
export function lacking(answers: Answers, photos: number): Lacking[] {
  const all: [Lacking, boolean][] = [
    ["place", answers.place === null],
    ["missedWhat", answers.place === "there" && answers.missed === true && !answers.missedWhat.trim()],
    ["photo", photos === 0],
  ];
  return all.filter(([, lacks]) => lacks).map(([name]) => name);
}
