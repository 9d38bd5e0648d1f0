import { describe, expect, it } from "vitest";
import { classOf, classText, measureOf, type Class } from "./measures";

const bounds = (classes: Class[]): number[][] => classes.map(({ from, to }) => [from, to]);

describe("classes of the map", () => {
  it("puts about as many cells into each class, at round bounds, whatever one outlier does", () => {
    const shares = [12.2, 13.9, 15.1, 16.8, 17.4, 18.3, 19.9, 21.2, 24.6, 96.5];
    expect(bounds(measureOf("coverage").classes(shares))).toEqual([[12, 14], [14, 17], [17, 19], [19, 22], [22, 97]]);
  });

  it("keeps none apart from few, and counts whole", () => {
    const classes = measureOf("overdue").classes([0, 0, 1, 2, 3, 9]);
    expect(bounds(classes)).toEqual([[0, 0], [1, 1], [2, 2], [3, 3], [4, 9]]);
    expect(classes.map((one) => classText(one, measureOf("overdue")))).toEqual(["0", "1", "2", "3", "4–9"]);
  });

  it("says nothing where nothing is", () => {
    expect(measureOf("coverage").classes([])).toEqual([]);
    expect(bounds(measureOf("overdue").classes([0, 0]))).toEqual([[0, 0]]);
  });

  it("gives every value a class that holds it", () => {
    for (const id of ["coverage", "debt", "density", "overdue"]) {
      const measure = measureOf(id);
      for (let n = 0; n < 300; n++) {
        const whole = id === "overdue";
        const values = Array.from({ length: 1 + (n % 40) }, (_, i) => {
          const drawn = ((n * 7919 + i * 104729) % 1000) / 10;
          return i % 5 ? (whole ? Math.floor(drawn) : drawn) : 0;
        });
        const classes = measure.classes(values);
        const outside = values.filter((value) => {
          const { from, to } = classes[classOf(value, classes)]!;
          return value < from || value > to;
        });
        expect(outside).toEqual([]);
      }
    }
  });

  it("has a darker colour for more, all of them different", () => {
    const colours = measureOf("debt").classes([10, 20, 30, 40, 50]).map((one) => one.colour);
    expect(new Set(colours).size).toBe(colours.length);
    const light = colours.map((hex) => [1, 3, 5].reduce((sum, at) => sum + parseInt(hex.slice(at, at + 2), 16), 0));
    expect([...light].sort((a, b) => b - a)).toEqual(light);
  });

  it("gives no class to a cell without households", () => {
    const empty = { households: 0, coverage: 0 } as never;
    expect(measureOf("coverage").value(empty)).toBeNull();
    expect(classOf(null, measureOf("coverage").classes([10]))).toBe(-1);
  });
});
