import { describe, expect, it } from 'vitest';
import { changedNames } from '../../../src/pipeline/feedback/changed-names.ts';
import type { ChangedFile } from '../../../src/ports.ts';
import { processorClock } from '../../support/processor-time.ts';

const file = (
  path: string,
  patch: string | null = null,
  previousPath: string | null = null,
): ChangedFile => ({
  path,
  previousPath,
  patch,
});

const PATCH = `@@ -10,6 +10,7 @@ function closeMenu(event) {
   const untouched = keepThis();
-  closeNow(event);
+  scheduleClose(event);
+  class Timer {}
@@ -40,2 +41,2 @@ export function openMenu() {
-  closeNow(other);
+  scheduleClose(other);`;

describe('changedNames', () => {
  it('are paths, old ones included, and symbols around and on changed lines, most touched first', () => {
    expect(changedNames([file('src/menu.ts', PATCH), file('src/new.ts', null, 'src/old.ts')])).toEqual([
      'src/menu.ts',
      'src/new.ts',
      'src/old.ts',
      'closeNow',
      'scheduleClose',
      'Timer',
      'closeMenu',
      'openMenu',
    ]);
  });

  it('leave out what tools write', () => {
    const generated = [
      'package-lock.json',
      'ios/Podfile.lock',
      'a/pnpm-lock.yaml',
      'x.snap',
      'dist/a.min.js',
    ];
    expect(changedNames(generated.map((path) => file(path, '+ aSymbol()')))).toEqual([]);
    expect(changedNames([file('src/lock.ts'), file('src/map.ts')])).toEqual(['src/lock.ts', 'src/map.ts']);
  });

  it('are few, whatever the size of the change', () => {
    const patch = Array.from({ length: 500 }, (_, index) => `+ callNumber${index}();`).join('\n');
    const files = Array.from({ length: 100 }, (_, index) => file(`src/${index}.ts`, patch));
    expect(changedNames(files)).toHaveLength(48);
  });

  it.each([
    ['one line', `+${'a'.repeat(1_000_000)}`],
    ['hunk marks', '@@ '.repeat(300_000)],
    ['declarations', '+const '.repeat(150_000)],
    ['underscores', `+${'a_'.repeat(500_000)}`],
  ])('stay linear on a hostile diff of %s', (_, patch) => {
    const spent = processorClock();
    changedNames(Array.from({ length: 20 }, () => file('src/a.ts', patch)));
    expect(spent()).toBeLessThan(3000);
  });
});
