/**
 * The boxes of the decision comment. Each carries its id in an HTML comment, which `neutralise` takes from
 * all other text; a tick edits the comment, so two versions of the body tell what was ticked.
 */
export const BOXES = ['accept', 'wrong'] as const;
export type Box = (typeof BOXES)[number];
export type Ticks = Readonly<Record<Box, boolean>>;

const BOX_LINE = /^([-*+] \[)([ xX])(\] <!-- box:([a-z]+) -->)/;

export function renderBox(box: Box, ticked: boolean, label: string): string {
  return `- [${ticked ? 'x' : ' '}] <!-- box:${box} --> ${label}`;
}

/** Lines as they count: GitHub's editor may turn "\n" into "\r\n" and trim or add white space at the ends. */
function linesOf(body: string): string[] {
  return body
    .replace(/\r\n?/g, '\n')
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

function isBox(name: string | undefined): name is Box {
  return BOXES.some((box) => box === name);
}

/** What is ticked; null unless each box stands there exactly once. */
export function readTicks(body: string): Ticks | null {
  const found = new Map<Box, boolean>();
  for (const line of linesOf(body)) {
    const match = BOX_LINE.exec(line);
    const name = match?.[4];
    if (!match || !isBox(name)) continue;
    if (found.has(name)) return null;
    found.set(name, match[2] !== ' ');
  }
  const accept = found.get('accept');
  const wrong = found.get('wrong');
  return accept === undefined || wrong === undefined ? null : { accept, wrong };
}

export interface TickDifference {
  readonly ticked: readonly Box[];
  readonly unticked: readonly Box[];
  /** False when anything but known boxes changed: then the ticks are no answer to what we wrote. */
  readonly onlyBoxesChanged: boolean;
}

function withoutTicks(body: string): string {
  const blank = (line: string) =>
    line.replace(BOX_LINE, (whole, open: string, _state, close: string, name: string) =>
      isBox(name) ? `${open} ${close}` : whole,
    );
  return linesOf(body).map(blank).join('\n');
}

/** What changed between two versions of one comment; nothing ticked when either holds no readable boxes. */
export function diffTicks(before: string, after: string): TickDifference {
  const onlyBoxesChanged = withoutTicks(before) === withoutTicks(after);
  const was = readTicks(before);
  const is = readTicks(after);
  if (was === null || is === null) return { ticked: [], unticked: [], onlyBoxesChanged };
  return {
    ticked: BOXES.filter((box) => is[box] && !was[box]),
    unticked: BOXES.filter((box) => was[box] && !is[box]),
    onlyBoxesChanged,
  };
}

function setTicks(body: string, ticks: ReadonlyMap<Box, boolean>): string {
  return body
    .split('\n')
    .map((line) =>
      line.replace(BOX_LINE, (whole, open: string, _state, close: string, name: string) => {
        const ticked = isBox(name) ? ticks.get(name) : undefined;
        return ticked === undefined ? whole : `${open}${ticked ? 'x' : ' '}${close}`;
      }),
    )
    .join('\n');
}

/**
 * The wanted body with the boxes that a person changed on GitHub since we last looked: their webhook is
 * still on its way, and rewriting the comment must not lose the click.
 */
export function carryTicks(bodies: {
  readonly lastSeen: string | null;
  readonly remote: string;
  readonly wanted: string;
}): string {
  if (bodies.lastSeen === null) return bodies.wanted;
  const { ticked, unticked } = diffTicks(bodies.lastSeen, bodies.remote);
  const changed = new Map<Box, boolean>();
  for (const box of ticked) changed.set(box, true);
  for (const box of unticked) changed.set(box, false);
  return setTicks(bodies.wanted, changed);
}
