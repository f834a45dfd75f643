import type { Nodes } from 'mdast';

/** Offsets in a comment's body, `to` excluded. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export function rangesOf(nodes: readonly Nodes[]): Range[] {
  return nodes.flatMap(({ position }) => {
    const from = position?.start.offset;
    const to = position?.end.offset;
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
}

export function covers(all: readonly Range[], offset: number): boolean {
  return all.some(({ from, to }) => from <= offset && offset < to);
}
