// What a matter knows, captioned on the phone itself: the sheet of a day without a network.

import { say, type Bilingual } from "$shared/i18n/language.svelte";
import { tradeName, type Trade } from "$shared/trades";
import { w } from "$shared/ui/words";

type Schema = { title?: string; "x-title-en"?: string; "x-secret"?: boolean; "x-code-list"?: string; oneOf?: { const: unknown; title?: string; "x-title-en"?: string }[] };
export type Line = { name: string; title: Bilingual; text: string };

/** The plain facts that the procedure has a caption for, in its order; sealed ones and lists stay with the server. */
export function captioned(facts: Record<string, unknown>, schemas: Record<string, Schema>, trades: Trade[] = []): Line[] {
  return Object.entries(schemas).flatMap(([name, schema]) => {
    const value = facts[name];
    if (schema["x-secret"] || !schema.title || !["string", "number", "boolean"].includes(typeof value)) return [];
    return [{ name, title: { zh: schema.title, en: schema["x-title-en"] ?? name }, text: textOf(value, schema, trades) }];
  });
}

function textOf(value: unknown, schema: Schema, trades: Trade[]): string {
  if (schema["x-code-list"] === "trades") return tradeName(trades, String(value));
  const choice = schema.oneOf?.find((one) => one.const === value);
  if (choice) return say({ zh: choice.title ?? String(value), en: choice["x-title-en"] ?? String(value) });
  return typeof value === "boolean" ? w(value ? "yes" : "no") : String(value);
}
