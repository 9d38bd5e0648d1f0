// The posts of a bureau, as the platform's code list names them; loaded once with the other lists.

import { createSubscriber } from "svelte/reactivity";
import { api, data } from "./api/client";
import { say, type Bilingual } from "./i18n/language.svelte";
import { tradeName as nameOf, type Trade } from "./trades";

export type Lists = {
  departments: { code: string; name: Bilingual }[];
  sections: { code: string; name: Bilingual }[];
  trades: Trade[];
  posts: Record<string, Bilingual>;
  /** The English name of a body, by its Chinese one, where the bureau has given it one. */
  bodies: Map<string, string>;
};

let arrived = (): void => {};
/** Whatever shows a list is shown anew when the lists come. */
const follow = createSubscriber((update) => {
  arrived = update;
});
let lists: Lists = { departments: [], sections: [], trades: [], posts: {}, bodies: new Map() };

/** Departments, the bureau's sections, trades and posts; asked for once per page. */
export async function loadLists(): Promise<Lists> {
  const [departments, sections, trades, posts, bodies] = await Promise.all([
    data(api.GET("/api/code-lists/departments")),
    data(api.GET("/api/code-lists/sections")),
    data(api.GET("/api/code-lists/trades")),
    data(api.GET("/api/code-lists/posts")),
    data(api.GET("/api/code-lists/bodies")),
  ]);
  lists = {
    departments: departments.map((one) => ({ code: one.code, name: { zh: one.name, en: one.name_en } })),
    sections: sections.map((one) => ({ code: one.code, name: one.title })),
    trades,
    posts: Object.fromEntries(posts.map((one) => [one.code, one.title])),
    bodies: new Map(bodies.map((one) => [one.title.zh, one.title.en])),
  };
  arrived();
  return lists;
}

export function codeLists(): Lists {
  follow();
  return lists;
}

/** The name of a department. */
export function departmentName(code: string): string {
  const named = codeLists().departments.find((one) => one.code === code);
  return named ? say(named.name) : code;
}

/** What a body is called: a station, a section, the body that answers for a department. */
export const bodyName = (name: string): string => say({ zh: name, en: codeLists().bodies.get(name) ?? name });

/** A matter's title: in English where the platform composed it, else as it was written. That of a unit's problem
 * (通报督办) begins with the unit. */
export function titled(matter: { title: string; title_en?: string | null }): string {
  if (!matter.title_en) return matter.title;
  const [unit = "", ...told] = matter.title_en.split(": ");
  return say({ zh: matter.title, en: [bodyName(unit), ...told].join(": ") });
}

/** What a trade is called. */
export const tradeName = (name: string): string => nameOf(codeLists().trades, name);

export function postName(post: string): string {
  if (post === "child") return say({ zh: "子事项", en: "a matter under it" }); // whom a matter waits for while another goes on
  const named = codeLists().posts[post];
  return named ? say(named) : post;
}

/** For whom a matter waits: the unit that it was given to, where whoever answers for a unit acts; else the post. */
export function waitsFor(one: { waits_for: string | null; assigned_org_name: string | null }): string {
  const byUnit = one.waits_for === "station_head" || one.waits_for === "liaison" || one.waits_for === "section";
  return byUnit && one.assigned_org_name ? bodyName(one.assigned_org_name) : postName(one.waits_for ?? "");
}
