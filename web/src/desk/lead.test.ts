import { expect, test, vi } from "vitest";
import { leading } from "./lead";

vi.mock("$shared/session.svelte", () => ({ session: { holds: () => true } }));

const step = (action: string, more: object = {}) => ({ action, to: null, ends: false, crew: null, writes: false, approval: null, ...more });
const hearing = (history: object[]) => ({ proposals: [], history, waits_for: "legal" }) as never;
const lead = (history: object[], ...steps: object[]) => leading(hearing(history), steps as never, "")?.action;
const [notify, close] = [step("notify_hearing", { writes: true }), step("close_hearing", { to: "rereview" })];
const granted = { action: "grant_hearing", to_state: "hearing" };
const told = { action: "notify_hearing", to_state: "hearing" };

test("a paper leads until it is written, then what takes the matter on, then writing it anew", () => {
  expect(lead([granted], notify, close)).toBe("notify_hearing");
  expect(lead([granted, told], notify, close)).toBe("close_hearing");
  expect(lead([granted, told, { action: "postpone_hearing", to_state: "hearing" }], notify)).toBe("notify_hearing");
});
