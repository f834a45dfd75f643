import { expect, it } from 'vitest';
import { isManager, verbAudience } from '../../../src/pipeline/command/authorisation.ts';
import { VERBS } from '../../../src/pipeline/command/grammar.ts';

const nobody = { managers: [] };

it.each(['triage', 'push', 'maintain', 'admin'])('%s makes a manager', (permission) => {
  expect(isManager({ login: 'ada', permissions: { [permission]: true } }, nobody)).toBe(true);
  expect(isManager({ login: 'ada', permissions: { [permission]: false } }, nobody)).toBe(false);
});

it('nothing known makes none, unless the configuration names the login', () => {
  expect(isManager({ login: 'ada', permissions: null }, nobody)).toBe(false);
  expect(isManager({ login: 'ada', permissions: null }, { managers: ['bob', 'Ada'] })).toBe(true);
  expect(isManager({ login: 'ad', permissions: {} }, { managers: ['ada'] })).toBe(false);
});

it('lets anyone ask, and managers act', () => {
  expect(VERBS.filter((verb) => verbAudience(verb) === 'anyone')).toEqual(['explain', 'status', 'help']);
  expect(verbAudience('unknown')).toBe('anyone');
});
