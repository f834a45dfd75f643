import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/pipeline/dataset/redact.ts';

/** Secrets are put together here, so that none stands in the repository. */
const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8';
const secrets = [
  ['a GitHub token', `ghp_${letters}`],
  ['an npm token', `npm_${letters}`],
  ['a Slack token', ['xoxb', '123456789012', '1234567890123', 'AbCdEfGhIjKlMnOpQrStUvWx'].join('-')],
  ['an AWS key id', `AKIA${'Z7QRSTUVWXYABCDE'}`],
  ['a database address', 'postgres://app:hunter2secret@db.internal.net:5432/main'],
  [
    'a web token',
    `eyJ${'hbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxMjM0NTY3ODkwIn0'}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U`,
  ],
] as const;

describe('redact', () => {
  it.each(secrets)('masks %s', async (_, secret) => {
    const { text, counts } = await redact(`Before ${secret} after.`);
    expect(text).not.toContain(secret.slice(0, 24));
    expect(text).toMatch(/^Before .*\[secret\].* after\.$/);
    expect(counts.secret).toBeGreaterThan(0);
  });

  it.each([
    ['mail ann.lee+x@mail.example.dev now', 'mail [email] now'],
    ['call +1 213 373 4253, please', 'call [phone], please'],
    ['from 84.115.20.7 only', 'from [ip address] only'],
    ['Authorization: Bearer abcdefghijklmnopqrstuvwxyz012345', 'Authorization: Bearer [secret]'],
    ['`password: "correcthorse"`', '`password: "[secret]"`'],
  ])('%s', async (text, expected) => {
    expect((await redact(text)).text).toBe(expected);
  });

  it.each([
    'version 1.2.67.7 and v1.2.3.4 are versions',
    'see 127.0.0.1:3000 and 192.168.0.10',
    'the diff is +120 -30 and the id 12345678901',
    'use `icon@2x.png`, `lodash@4.17.21` and git@github.com:acme/widgets.git',
    'const password = getPassword(); token = useToken(id)',
    'noreply@github.com and me@example.com are nobody’s',
    'decorators such as @Injectable and @types/node',
  ])('leaves alone: %s', async (text) => {
    expect(await redact(text)).toEqual({ text, counts: {} });
  });

  it('counts what it finds', async () => {
    const { counts } = await redact('a@b.dev, c@d.dev, +49 30 901820');
    expect(counts).toEqual({ email: 2, phone: 1 });
  });

  it('changes nothing the second time', async () => {
    const piece = fc.constantFrom(
      'x@y.dev ',
      '+49 30 901820 ',
      `ghp_${letters} `,
      'words ',
      '84.115.20.7 ',
      '\n',
      '"',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const once = (await redact(pieces.join(''))).text;
        expect(await redact(once)).toEqual({ text: once, counts: {} });
      }),
      { numRuns: 40 },
    );
  });

  it('takes long hostile text in its stride', async () => {
    for (const piece of [
      'a',
      '@',
      'a@',
      'a.',
      '+1',
      '+1 ',
      '1.',
      'eyJ',
      'eyJa.',
      'token ',
      'password="',
      '://a:',
      '-----BEGIN ',
    ]) {
      const started = performance.now();
      await redact(piece.repeat(65_536 / piece.length));
      expect([piece, performance.now() - started < 5_000]).toEqual([piece, true]);
    }
  });
});
