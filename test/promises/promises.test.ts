import { describe, expect, it } from 'vitest';
import { matchPromises } from './promises.ts';

const DOCUMENT = '# Promises\n\n## 1. Nothing is lost\n\nText.\n\n## 2. One comment\n';
const test = (name: string) => ({ name, file: 'test/a.test.ts' });

describe('the check of the promises', () => {
  it('is content when each has a test', () => {
    const report = matchPromises(DOCUMENT, [
      test('promise 1: kept'),
      test('suite > promise 2: kept'),
      test('suite > promise 2: kept again'),
      test('suite > something else'),
    ]);
    expect(report.problems).toEqual([]);
    expect(report.promises.map((promise) => promise.tests)).toEqual([1, 2]);
  });

  it('names a promise without a test', () => {
    expect(matchPromises(DOCUMENT, [test('promise 1: kept')]).problems).toEqual([
      'Promise 2 has no test: One comment',
    ]);
  });

  it('does not count a suite, nor a number in the middle of a name', () => {
    const tests = [test('promise 1: a suite > a test'), test('keeps promise 2: partly')];
    expect(matchPromises(DOCUMENT, tests).problems).toHaveLength(2);
  });

  it('names a test of a promise that is not made', () => {
    const tests = [test('promise 1: a'), test('promise 2: b'), test('promise 3: c')];
    expect(matchPromises(DOCUMENT, tests).problems).toEqual([
      'There is no promise 3, but a test of it in test/a.test.ts: promise 3: c',
    ]);
  });

  it('refuses a document without promises, and gaps in the numbers', () => {
    expect(matchPromises('# Nothing', []).problems).toHaveLength(1);
    expect(matchPromises('## 2. Later\n', [test('promise 2: b')]).problems).toEqual([
      'Promise 2 stands in place 1.',
    ]);
  });
});
