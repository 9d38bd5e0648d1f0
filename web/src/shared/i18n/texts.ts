// Reads what the pages say out of their sources, for the tests of their words: pairs of the dictionaries,
// and texts that stand bare, in one language alone.

import { parse } from "svelte/compiler";

export type Pair = { file: string; zh: string; en: string };
export type Bare = { file: string; text: string };
// Nodes of Svelte's and ESTree's trees; only the few properties below are read.
type Node = { type?: string; [key: string]: any };

/** Every source of the pages by its path, but tests, this file and what is generated. */
const SOURCES = import.meta.glob<string>(
  ["../../**/*.{svelte,ts}", "!../../**/*.test.ts", "!../../shared/api/schema.ts", "!./texts.ts"],
  { query: "?raw", import: "default", eager: true },
);
const HAN = /[\u3400-\u9fff]/;
const WORD = /[A-Za-z]{2,}|[\u3400-\u9fff]/;
/** Attributes that a person reads or hears. */
const SPOKEN = new Set(["title", "aria-label", "placeholder", "alt", "label", "aria-description"]);
/** Calls and comparisons that ask about a text; they show none. */
const ASKING = new Set(["startsWith", "endsWith", "includes", "replace", "split"]);

function textOf(node: Node): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral") return node.quasis.map((part: Node) => part.value.cooked).join("…");
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const [left, right] = [textOf(node.left), textOf(node.right)];
    return left === null || right === null ? null : left + right;
  }
  return null;
}

class Reader {
  readonly pairs: Pair[] = [];
  readonly bare: Bare[] = [];

  read(path: string, source: string): void {
    const tree = parse(path.endsWith(".ts") ? `<script lang="ts">\n${source}\n</script>` : source, { modern: true });
    const file = path.replace(/^\.\.\/\.\.\//, "").replace(/^\.\.\//, "shared/").replace(/^\.\//, "shared/i18n/");
    for (const part of [tree.instance, tree.module]) if (part) this.#script(part.content as Node, file);
    this.#markup(tree.fragment as Node, file);
  }

  #script(node: Node, file: string): void {
    if (this.#taken(node, file)) return;
    const text = textOf(node);
    if (text !== null && HAN.test(text)) this.bare.push({ file, text });
    if (text === null || node.type === "TemplateLiteral") this.#below(node, (child) => this.#script(child, file));
  }

  #markup(node: Node, file: string): void {
    if (node.type === "Text" && WORD.test(entity(node.data))) this.bare.push({ file, text: node.data.trim() });
    else if (node.type === "ExpressionTag") this.#script(node.expression as Node, file);
    else if (node.type === "Attribute") this.#attribute(node, file);
    else if (node.type?.endsWith("Expression") || node.type === "TemplateLiteral" || node.type === "Literal") this.#script(node, file);
    else this.#below(node, (child) => this.#markup(child, file));
  }

  #attribute(node: Node, file: string): void {
    for (const value of [node.value].flat() as Node[]) {
      if (value.type === "ExpressionTag") this.#script(value.expression as Node, file);
      else if (value.type === "Text" && SPOKEN.has(node.name) && WORD.test(value.data)) this.bare.push({ file, text: value.data });
    }
  }

  /** A pair of a dictionary, a choice by language, or a question about a text: none of them is bare. */
  #taken(node: Node, file: string): boolean {
    if (node.type === "ObjectExpression") {
      const side = (name: string) => node.properties.find((one: Node) => one.key?.name === name)?.value as Node | undefined;
      const [zh, en] = [side("zh"), side("en")];
      if (zh && en) {
        const [left, right] = [textOf(zh), textOf(en)];
        if (left !== null && right !== null) this.pairs.push({ file, zh: left, en: right });
        return true;
      }
    }
    if (node.type === "ConditionalExpression" && node.test.left?.object?.name === "language") return true;
    if (node.type === "CallExpression" && ASKING.has(node.callee.property?.name)) return true;
    return node.type === "BinaryExpression" && /^[!=]==?$/.test(node.operator);
  }

  #below(node: Node, visit: (child: Node) => void): void {
    for (const value of Object.values(node)) {
      for (const child of [value].flat() as unknown[]) {
        if (child && typeof child === "object" && "type" in child) visit(child as Node);
      }
    }
  }
}

const entity = (text: string): string => text.replace(/&\w+;/g, " ");

/** What the pages say, read once. */
export function said(): Reader {
  const reader = new Reader();
  for (const [path, source] of Object.entries(SOURCES)) reader.read(path, source);
  return reader;
}
