// The condition language of the procedures, evaluated in the page for the visibility of form fields.
// Three-valued, as on the server: an absent fact makes a comparison unknown, which is neither true nor false.

export type Condition = {
  fact?: string;
  op?: "eq" | "ne" | "in" | "not_in" | "lt" | "le" | "gt" | "ge" | "known";
  value?: unknown;
  all?: Condition[];
  any?: Condition[];
  not?: Condition;
};

type Facts = Record<string, unknown>;
type Truth = boolean | null;

export function evaluate(condition: Condition, facts: Facts): Truth {
  if (condition.all) return every(condition.all.map((part) => evaluate(part, facts)));
  if (condition.any) return negate(every(condition.any.map((part) => negate(evaluate(part, facts)))));
  if (condition.not) return negate(evaluate(condition.not, facts));
  const fact = facts[condition.fact ?? ""];
  const known = fact !== undefined && fact !== null && fact !== "";
  if (condition.op === "known") return known === (condition.value ?? true);
  return known ? compare(fact, condition) : null;
}

function every(parts: Truth[]): Truth {
  if (parts.includes(false)) return false;
  return parts.includes(null) ? null : true;
}

function negate(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function compare(fact: unknown, { op, value }: Condition): boolean {
  const [left, right] = [fact as number, value as number];
  switch (op) {
    case "eq":
      return fact === value;
    case "ne":
      return fact !== value;
    case "in":
      return (value as unknown[]).includes(fact);
    case "not_in":
      return !(value as unknown[]).includes(fact);
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
    default:
      return false;
  }
}
