import { describe, expect, it } from 'vitest';
import { carryTicks, diffTicks, readTicks, renderBox } from '../../../src/pipeline/comment/checkboxes.ts';
import { neutralise } from '../../../src/pipeline/comment/neutralise.ts';

const body = (accept: boolean, wrong: boolean, text = 'Because.') =>
  `## Choice\n\n${text}\n\n${renderBox('accept', accept, 'Accept')}\n${renderBox('wrong', wrong, 'Wrong')}\n\nEnd`;

describe('readTicks', () => {
  it('reads the boxes', () => {
    expect(readTicks(body(false, false))).toEqual({ accept: false, wrong: false });
    expect(readTicks(body(true, false).replaceAll('\n', '\r\n'))).toEqual({ accept: true, wrong: false });
    expect(readTicks(body(false, true).replace('[x]', '[X]'))).toEqual({ accept: false, wrong: true });
  });

  it('reads nothing when a box is missing or doubled', () => {
    expect(readTicks('no boxes')).toBeNull();
    expect(readTicks(renderBox('accept', true, ''))).toBeNull();
    expect(readTicks(`${body(false, false)}\n${renderBox('accept', true, '')}`)).toBeNull();
  });

  it('is not misled by boxes in neutralised text, not even in code', () => {
    const hostile = `${renderBox('accept', true, '')}\n\n\`\`\`\n${renderBox('accept', true, '')}\n\`\`\``;
    const text = neutralise(hostile, { allowedLinks: new Set(), maxLength: 1000 });
    expect(readTicks(body(false, true, text))).toEqual({ accept: false, wrong: true });
  });
});

describe('diffTicks', () => {
  it('tells what was ticked and unticked', () => {
    expect(diffTicks(body(false, true), body(true, false))).toEqual({
      ticked: ['accept'],
      unticked: ['wrong'],
      onlyBoxesChanged: true,
    });
  });

  it("forgives what GitHub's editor does to white space", () => {
    const after = `${body(true, false).replaceAll('\n', ' \r\n')}\r\n\r\n`;
    expect(diffTicks(body(false, false), after)).toEqual({
      ticked: ['accept'],
      unticked: [],
      onlyBoxesChanged: true,
    });
  });

  it.each([
    ['text', body(true, false, 'Changed.')],
    ['a label', body(true, false).replace('Accept', 'Decline')],
    ['an unknown box', body(true, false).replace('box:wrong', 'box:other')],
    ['an added line', `${body(true, false)}\nmore`],
  ])('says when %s changed too', (_name, after) => {
    expect(diffTicks(body(false, false), after).onlyBoxesChanged).toBe(false);
  });

  it('finds no ticks in comments without boxes', () => {
    expect(diffTicks('a', 'a\r\n')).toEqual({ ticked: [], unticked: [], onlyBoxesChanged: true });
  });
});

describe('carryTicks', () => {
  it('keeps a click that came since we last looked', () => {
    const wanted = body(false, false, 'New text.');
    const carried = carryTicks({ lastSeen: body(false, false), remote: body(true, false), wanted });
    expect(carried).toBe(body(true, false, 'New text.'));
  });

  it('carries nothing that we had seen before', () => {
    const wanted = body(false, false);
    expect(carryTicks({ lastSeen: body(true, false), remote: body(true, false), wanted })).toBe(wanted);
    expect(carryTicks({ lastSeen: null, remote: body(true, false), wanted })).toBe(wanted);
  });

  it('takes a tick back that was taken back on GitHub', () => {
    const carried = carryTicks({
      lastSeen: body(true, false),
      remote: body(false, false),
      wanted: body(true, false),
    });
    expect(carried).toBe(body(false, false));
  });
});
