import { describe, expect, it } from 'vitest';
import { bodyBeforeTheChoice, titleBeforeTheChoice } from '../../../src/pipeline/thread/before-the-choice.ts';
import { processorClock } from '../../support/processor-time.ts';

describe('titles lose what was written after the choice', () => {
  it.each([
    [
      '[HOLD for payment 2031-05-03] [HOLD for payment 2031-04-26] [$32,000] Keys do nothing',
      'Keys do nothing',
    ],
    ['[Paid] [$8000] Wrong zip code', 'Wrong zip code'],
    ['[PAID] [$1000]  Two  blanks', 'Two blanks'],
    ['[NEED CHECKLIST] [$2000] Margin', 'Margin'],
    ['[HOLD for checklist] Margin', 'Margin'],
    ['[HOLD on #20394] Margin', 'Margin'],
    ['[Awaiting payment] Margin', 'Margin'],
    ['[Due for payment 2031-02-07] Margin', 'Margin'],
    ['[$500 -> $1000] Margin', 'Margin'],
    ['Margin ($500)', 'Margin'],
    ['Awaiting payment: Margin', 'Margin'],
    ['HOLD for payment 2031-05-03 - Margin', 'Margin'],
    ['Margin - Awaiting Payment', 'Margin'],
    ['Margin [Deployed to production]', 'Margin'],
  ])('%s', (title, before) => {
    expect(titleBeforeTheChoice(title)).toBe(before);
  });

  it.each([
    '[Bug] Button to hold a call does nothing',
    '[Wave 6] [iOS] Paid invoices are listed twice',
    'Hold on, the array [0] is paid twice',
    'Settings - Payments - the price $10 is cut off',
    '[Payments] Card is refused',
    'Holding a key repeats it',
    'Awaiting payment page does not load',
  ])('keeps “%s”', (title) => {
    expect(titleBeforeTheChoice(title)).toBe(title);
  });

  it('is done after one pass', () => {
    const once = titleBeforeTheChoice('[HOLD] [Paid] Awaiting payment: [$5] x');
    expect(titleBeforeTheChoice(once)).toBe(once);
  });
});

const CONTRACTS =
  '<details><summary>Upwork Automation - Do Not Edit</summary>\r\n <ul><li>Job ID: 7</li>\n<li>Automatic offers: </li>\n<li>anna | Contributor | 1</li></ul>\n</details>';

describe('descriptions lose contracts and owners', () => {
  it('keeps everything else', () => {
    const body = `Steps\n<details><summary>Logs</summary>boom</details>\n${CONTRACTS}\n\n<details><summary>Issue Owner</summary>Current Issue Owner: @bert</details>\nMore`;
    const before = bodyBeforeTheChoice(body);
    expect(before).toContain('<details><summary>Logs</summary>boom</details>');
    expect(before).toMatch(/^Steps[\s\S]*More$/);
    expect(before).not.toMatch(/anna|bert|Upwork|Owner/);
  });

  it('removes a block that is never closed', () => {
    expect(bodyBeforeTheChoice(`Steps\n${CONTRACTS.replace('</details>', '')}`)).toBe('Steps');
  });

  it('removes offers outside of a block', () => {
    expect(bodyBeforeTheChoice('Steps\n<li>anna | Contributor | 26306882</li>\nEnd')).toBe('Steps\nEnd');
  });

  it('leaves a table alone that merely has such a word', () => {
    const body = 'Steps\n\n| Role | May merge |\n|---|---|\n| Maintainer | yes |';
    expect(bodyBeforeTheChoice(body)).toBe(body);
  });

  it.each([
    ['blocks', '<details><summary>Upwork Automation - Do Not Edit</summary>'.repeat(20_000)],
    ['closed blocks', CONTRACTS.repeat(5000)],
    ['blanks', `<details>${' '.repeat(500_000)}`],
    ['brackets', '['.repeat(500_000)],
  ])('stays linear on hostile %s', (_, text) => {
    const spent = processorClock();
    bodyBeforeTheChoice(text);
    titleBeforeTheChoice(text);
    expect(spent()).toBeLessThan(5000);
  });
});
