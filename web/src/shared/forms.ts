// A procedure's form is a JSON Schema; this turns it into a list of fields that a page can draw.

import { evaluate, type Condition } from "./conditions";
import type { Fault } from "./api/client";
import { say, type Bilingual } from "./i18n/language.svelte";
import { linesOf, NOTHING, written, type Holdings, type Line } from "./things";

export type Kind = "text" | "long" | "date" | "yesno" | "choice" | "number" | "department" | "section" | "trade" | "confirm" | "officer" | "rows" | "thing" | "things" | "list";

export type FormField = {
  name: string;
  kind: Kind;
  title: Bilingual;
  required: boolean;
  choices: { value: unknown; title: Bilingual }[];
  maxLength?: number;
  /** Of `officer`: only those who hold this post. */
  post?: string;
  secret: boolean;
  /** A fact may be unknown; what the step alone asks is no unless it is said. */
  fact: boolean;
  /** Of `rows`: what each row holds. */
  columns: FormField[];
};

type Schema = Record<string, any>;

const LONG = 300;

/** A statement that a person must make by hand (证件已出示): a required constant that is no fact of the act itself. */
function confirms(name: string, property: Schema, schema: Schema): boolean {
  return property.const === true && !property["x-fact"] && (schema.required ?? []).includes(name);
}

/** The fields to show, given what has been filled in and the matter's facts; what the act itself says is not shown. */
export function fields(schema: Schema, values: Record<string, unknown>, facts: Record<string, unknown> = {}): FormField[] {
  const known = { ...facts, ...namedFacts(schema, values) };
  const required = new Set<string>(schema.required ?? []);
  return Object.entries<Schema>(schema.properties ?? {})
    .filter(([name, property]) => !("const" in property) || confirms(name, property, schema))
    .filter(([, property]) => stands(property, known))
    .map(([name, property]) => fieldOf(name, property, required.has(name)));
}

/** Whether a field exists, given what is known: one with a condition does while that is true, and is then demanded as marked. */
function stands(property: Schema, known: Record<string, unknown>): boolean {
  return !property["x-when"] || evaluate(property["x-when"] as Condition, known) === true;
}

function fieldOf(name: string, property: Schema, required: boolean): FormField {
  const row: Schema = property.items ?? {};
  return {
    name,
    kind: kindOf(property),
    title: { zh: property.title ?? name, en: property["x-title-en"] ?? name },
    required,
    choices: choicesOf(property),
    maxLength: property.maxLength,
    post: typeof property["x-officer"] === "string" ? property["x-officer"] : undefined,
    secret: Boolean(property["x-secret"]),
    fact: Boolean(property["x-fact"]),
    columns: Object.entries<Schema>(row.properties ?? {}).map(([column, inner]) => fieldOf(column, inner, (row.required ?? []).includes(column))),
  };
}

const LOST: Record<string, string> = { none: "never_permitted", revoked: "permit_revoked", rescinded: "permit_rescinded", expired: "permit_expired" };

/** What follows from other facts: the fine begins as the one that was told; how the permit was lost says what is unlawful. */
const FOLLOWS: Record<string, (facts: Record<string, unknown>) => unknown> = {
  fine: (facts) => facts.proposed_fine,
  violation_basis: (facts) => (facts.permit_required === true ? LOST[String(facts.permit_status)] : undefined),
  operation_kind: (facts) => (facts.permit_required === true ? "permit" : undefined),
};

/** Fields that are no facts and begin as one: the list of what is taken, with what was applied for. */
const BEGIN: Record<string, string> = { list: "items", kept_at: "place" };

/** What the matter already knows of a form's fields, for the person to check and not to write again. */
export function known(schema: Schema, facts: Record<string, unknown>, held: Holdings = NOTHING): Record<string, unknown> {
  const named = Object.entries<Schema>(schema.properties ?? {}).map(([name, property]) => [name, property["x-fact"] ?? (schema.properties.list && BEGIN[name])]);
  const found = Object.fromEntries(named.filter(([, fact]) => fact).map(([name, fact]) => [name, facts[fact] ?? FOLLOWS[fact]?.(facts)]));
  if (schema.properties?.list?.["x-things"] === "list") found.list = linesOf(found.list, held.coming);
  const [first] = held.coming;
  return plain(schema, first && schema.properties?.list ? { ...found, holder: first.holder, kept_at: first.kept_at ?? found.kept_at } : found);
}

/** Of what was written into a form, that which stands in its boxes again: no secrets, nothing that the step itself says. */
export function plain(schema: Schema, written: Record<string, unknown>): Record<string, unknown> {
  const asked: Schema = schema.properties ?? {};
  const again = (name: string): boolean => asked[name] && !("const" in asked[name]) && !asked[name]["x-secret"];
  return Object.fromEntries(Object.entries(written).filter(([name, value]) => again(name) && (["string", "number", "boolean"].includes(typeof value) || Array.isArray(value))));
}

/** What goes to the server: the shown fields that are filled, and the schema's constants. */
export function submission(schema: Schema, values: Record<string, unknown>, facts: Record<string, unknown> = {}): Record<string, unknown> {
  const shown = fields(schema, values, facts).map((field) => field.name);
  const filled = shown.filter((name) => values[name] !== undefined && values[name] !== "" && values[name] !== null);
  const known = { ...facts, ...namedFacts(schema, values) };
  const constants = Object.entries<Schema>(schema.properties ?? {}).filter(([name, property]) => "const" in property && !confirms(name, property, schema) && stands(property, known));
  return {
    ...Object.fromEntries(filled.map((name) => [name, schema.properties[name]["x-things"] === "list" ? written(values[name] as Line[]) : values[name]])),
    ...Object.fromEntries(constants.map(([name, property]) => [name, property.const])),
  };
}

/** Required fields that are shown and empty, each with what to do. */
export function unfilled(schema: Schema, values: Record<string, unknown>, facts: Record<string, unknown> = {}): Fault[] {
  const empty = (value: unknown): boolean => value === undefined || value === null || value === "" || (Array.isArray(value) && !value.some((one) => Object.values(one).some(Boolean)));
  const lacking = (field: FormField): boolean => empty(values[field.name]) || (field.kind === "list" && written(values[field.name] as Line[]).some((line) => !line.name || !line.quantity || !line.unit));
  return fields(schema, values, facts)
    .filter((field) => field.required && lacking(field))
    .map((field) => ({ pointer: `/${field.name}`, detail: say(TO_FILL[field.kind] ?? TO_FILL.text!) }));
}

const CHOOSE: Bilingual = { zh: "请选择", en: "Please choose" };
const TO_FILL: Partial<Record<Kind, Bilingual>> = {
  text: { zh: "请填写", en: "Please fill in" },
  confirm: { zh: "请勾选确认", en: "Please confirm" },
  date: { zh: "请选日期", en: "Please choose a day" },
  yesno: CHOOSE,
  choice: CHOOSE,
  department: CHOOSE,
  section: CHOOSE,
  officer: CHOOSE,
  thing: CHOOSE,
  things: CHOOSE,
  list: { zh: "请至少写一件，每件写明名称、数量和单位", en: "List at least one thing, each with its name, quantity and unit" },
};

function namedFacts(schema: Schema, values: Record<string, unknown>): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const [name, property] of Object.entries<Schema>(schema.properties ?? {})) {
    const value = "const" in property ? property.const : values[name];
    if (property["x-fact"] && value !== undefined && value !== "") facts[property["x-fact"]] = value;
  }
  return facts;
}

const AMONG: Record<string, Kind> = { one: "thing", many: "things", list: "list" };

function kindOf(property: Schema): Kind {
  if (property["x-code-list"] === "departments") return "department";
  if (property["x-code-list"] === "sections") return "section";
  if (property["x-code-list"] === "trades") return "trade";
  if (property["x-officer"]) return "officer";
  if (property["x-things"]) return AMONG[property["x-things"]]!;
  if (property.type === "array") return "rows";
  if (property.const === true) return "confirm";
  if (property.oneOf || property.enum) return "choice";
  if (property.type === "boolean") return "yesno";
  if (property.type === "integer" || property.type === "number") return "number";
  if (property.format === "date") return "date";
  return (property.maxLength ?? 0) > LONG ? "long" : "text";
}

function choicesOf(property: Schema): FormField["choices"] {
  if (property.oneOf) {
    return property.oneOf.map((one: Schema) => ({
      value: one.const,
      title: { zh: one.title ?? String(one.const), en: one["x-title-en"] ?? String(one.const) },
    }));
  }
  return (property.enum ?? []).map((value: unknown) => ({ value, title: { zh: String(value), en: String(value) } }));
}
