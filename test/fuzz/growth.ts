/** Hostile texts must not take more than linear time: measured as a ratio between two sizes in one run. */
import { parseMarkdown } from '../../src/markdown/parse.ts';
import { hasMaskedCommand, parseCommands } from '../../src/pipeline/command/parse.ts';
import {
  defaultRepositoryConfig,
  headingsOf,
  parseRepositoryConfig,
} from '../../src/pipeline/command/repository-config.ts';
import { diffTicks } from '../../src/pipeline/comment/checkboxes.ts';
import { readMarker } from '../../src/pipeline/comment/marker.ts';
import { neutralise } from '../../src/pipeline/comment/neutralise.ts';
import { findUngrounded } from '../../src/pipeline/judge/model/grounding.ts';
import { readAnswer } from '../../src/pipeline/judge/model/reader.ts';
import { cleanText } from '../../src/pipeline/judge/prompt/clean.ts';
import { classifyComment } from '../../src/pipeline/proposals/detect.ts';
import { HOSTILE, manyAttributes } from '../markdown/hostile.ts';

const SMALL = 8_192;
const LARGE = 65_536;
/** Eight times the text may take so many times as long: far from the 64 of a square, far above a slow machine's noise. */
const MOST_GROWTH = 40;
/** Below this, in milliseconds, the clock and the collector are all that is measured. */
const NEGLIGIBLE_MS = 100;

const HEADINGS = headingsOf(defaultRepositoryConfig);

type Reader = (text: string) => unknown;

/** Those that the others build on, and those that do not parse Markdown. */
const QUICK: Readonly<Record<string, Reader>> = {
  parseMarkdown,
  parseRepositoryConfig,
  cleanText,
  readMarker: (text) =>
    readMarker(text, { repositoryId: 1, issueNumber: 1, keys: [{ id: 'a', secret: 'a' }] }),
  diffTicks: (text) => diffTicks(text, `${text}x`),
  readAnswer: (text) => readAnswer(text, { ids: [1] }),
};

const ALL: Readonly<Record<string, Reader>> = {
  ...QUICK,
  parseCommands,
  hasMaskedCommand,
  classifyComment: (text) => classifyComment(text, HEADINGS),
  neutralise: (text) => neutralise(text, { allowedLinks: new Set(), maxLength: 20_000 }),
  findUngrounded: (text) => findUngrounded(text, { texts: [text] }),
};

/** Texts of any length and always the same shape. */
const SHAPES: Readonly<Record<string, (length: number) => string>> = {
  ...Object.fromEntries(
    HOSTILE.filter(([name]) => name.startsWith('"')).map(([name, text]) => [
      name,
      (length) => text.slice(0, length),
    ]),
  ),
  'nested brackets': (length) => '['.repeat(length / 2) + ']'.repeat(length / 2),
  'nested images': (length) => '!['.repeat(length / 6) + '](b)'.repeat(length / 6),
  'many attributes': manyAttributes,
  'one open bracket': (length) => `[${'a '.repeat(length / 2)}`,
  'space inside': (length) => `a${' '.repeat(length)}b`,
  'address and punctuation': (length) => `http://a.b/${')'.repeat(length)}a`,
  'unclosed comment': (length) => `<!--\n${'/manager choose\n'.repeat(length / 16)}`,
};

/** @returns what grew too fast, in words. */
export function findFastGrowth(form: 'short' | 'long'): string[] {
  return Object.entries(form === 'long' ? ALL : QUICK).flatMap(([name, read]) =>
    Object.entries(SHAPES).flatMap(([what, shape]) => {
      const large = milliseconds(read, shape(LARGE));
      if (large < NEGLIGIBLE_MS) return [];
      const growth = large / milliseconds(read, shape(SMALL));
      return growth > MOST_GROWTH
        ? [`${name} takes ${growth.toFixed(0)} times as long for 8 times as much of ${what}`]
        : [];
    }),
  );
}

/** Of the processor, so that a busy machine does not count; at least one. */
function milliseconds(read: Reader, text: string): number {
  const began = process.cpuUsage();
  read(text);
  const { user, system } = process.cpuUsage(began);
  return Math.max(1, (user + system) / 1000);
}
