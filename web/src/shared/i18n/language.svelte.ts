// Two languages, Chinese first. Each face keeps its own words beside it; `words()` picks the side that is on.

export type Language = "zh" | "en";
export type Bilingual = { zh: string; en: string };

const KEY = "gridsup.language";

function initial(): Language {
  const stored = typeof localStorage === "undefined" ? null : localStorage.getItem(KEY);
  return stored === "en" ? "en" : "zh";
}

class LanguageState {
  now = $state<Language>(initial());

  set(next: Language): void {
    this.now = next;
    localStorage.setItem(KEY, next);
    document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  }

  toggle(): void {
    this.set(this.now === "zh" ? "en" : "zh");
  }
}

export const language = new LanguageState();

/** The text of the language that is on. Reactive: reads the language state. */
export function say(text: Bilingual): string {
  return text[language.now];
}

/** The marks between words, in the language that is on: after a name, between the items of a list, between clauses. */
export const colon = (): string => say({ zh: "：", en: ": " });
export const comma = (): string => say({ zh: "、", en: ", " });
export const pause = (): string => say({ zh: "，", en: ", " });
/** Words said aside, after others. */
export const paren = (text: string): string => say({ zh: `（${text}）`, en: ` (${text})` });

/** A dictionary: every key has both languages, so a missing translation is a type error. */
export function dictionary<T extends Record<string, Bilingual>>(entries: T) {
  return (key: keyof T, params: Record<string, string | number> = {}): string =>
    say(entries[key]!).replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}
