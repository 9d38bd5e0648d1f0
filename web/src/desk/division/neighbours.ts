// Which blocks touch: two blocks are neighbours when they have an edge in common, vertex for vertex.

import type { Polygon, Position } from "geojson";

export type Ground = { number: number; cell: number; station: number; shape: Polygon };

/** Neighbours of each block by number. Blocks of a draft share their vertices, so equal edges suffice. */
export function adjacency(blocks: Ground[]): Map<number, Set<number>> {
  const found = new Map<number, Set<number>>(blocks.map(({ number }) => [number, new Set()]));
  const seen = new Map<string, number>();
  for (const { number, shape } of blocks) {
    for (const ring of shape.coordinates) {
      for (let i = 1; i < ring.length; i++) {
        const edge = edgeKey(ring[i - 1]!, ring[i]!);
        const other = seen.get(edge);
        if (other === undefined) seen.set(edge, number);
        else if (other !== number) {
          found.get(number)!.add(other);
          found.get(other)!.add(number);
        }
      }
    }
  }
  return found;
}

function edgeKey(a: Position, b: Position): string {
  const [one, two] = [a.join(), b.join()];
  return one < two ? `${one} ${two}` : `${two} ${one}`;
}

/** Cells into which the chosen blocks could move: they touch one of them and lie in the same station. */
export function targets(chosen: Set<number>, blocks: Map<number, Ground>, near: Map<number, Set<number>>): number[] {
  const stations = new Set([...chosen].map((number) => blocks.get(number)?.station));
  const own = new Set([...chosen].map((number) => blocks.get(number)?.cell));
  const found = new Set<number>();
  for (const number of chosen) {
    for (const other of near.get(number) ?? []) {
      const block = blocks.get(other)!;
      if (stations.size === 1 && stations.has(block.station) && !(own.size === 1 && own.has(block.cell))) found.add(block.cell);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Cells that touch a cell within its station. */
export function around(label: number, blocks: Map<number, Ground>, near: Map<number, Set<number>>): number[] {
  const mine = [...blocks.values()].filter((block) => block.cell === label).map((block) => block.number);
  return targets(new Set(mine), blocks, near);
}

/** The place that a fault names in its text, as degrees "114.123456, 30.123456". */
export function placeIn(text: string): [number, number] | null {
  const found = /(-?\d{1,3}\.\d{6}), (-?\d{1,2}\.\d{6})/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : null;
}
