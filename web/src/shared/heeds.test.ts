import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { weighing } from "./heeds";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a form that goes on changing is not asked about, and an answer to one of before is dropped", async () => {
  const asked: string[] = [];
  const told: string[] = [];
  const answers: (() => void)[] = [];
  const weigh = (form: string) =>
    weighing(() => (asked.push(form), new Promise<string>((done) => answers.push(() => done(form)))), (one) => void told.push(one));
  weigh("5")();
  const stop = weigh("50");
  await vi.advanceTimersByTimeAsync(1_000);
  stop();
  weigh("500");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toEqual(["50", "500"]);
  answers.reverse().forEach((answer) => answer());
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["500"]);
});

test("where no answer came, what was told stands", async () => {
  const tell = vi.fn();
  weighing(() => Promise.reject(new Error("away")), tell);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tell).not.toHaveBeenCalled();
});
