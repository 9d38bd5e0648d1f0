// The posts of a bureau, as the platform's code list names them; loaded once with the other lists.

import { api, data } from "./api/client";
import { say, type Bilingual } from "./i18n/language.svelte";

export type Lists = {
  departments: { code: string; name: Bilingual }[];
  sections: { code: string; name: Bilingual }[];
  trades: string[];
  posts: Record<string, Bilingual>;
};

const lists: Lists = { departments: [], sections: [], trades: [], posts: {} };

/** Departments, the bureau's sections, trades and posts; asked for once per page. */
export async function loadLists(): Promise<Lists> {
  const [departments, sections, trades, posts] = await Promise.all([
    data(api.GET("/api/code-lists/departments")),
    data(api.GET("/api/code-lists/sections")),
    data(api.GET("/api/code-lists/trades")),
    data(api.GET("/api/code-lists/posts")),
  ]);
  lists.departments = departments.map((one) => ({ code: one.code, name: { zh: one.name, en: one.name_en } }));
  lists.sections = sections.map((one) => ({ code: one.code, name: one.title }));
  lists.trades = [...new Set(trades.map((one) => one.name))];
  lists.posts = Object.fromEntries(posts.map((one) => [one.code, one.title]));
  return lists;
}

export const codeLists = (): Lists => lists;

export function postName(post: string): string {
  return lists.posts[post] ? say(lists.posts[post]) : post;
}
