import { describe, expect, it } from 'vitest';
import { startProgress } from '../../src/cli/infer/progress.ts';
import { fakeTerminal } from '../support/terminal.ts';

describe('startProgress', () => {
  it('shows a bar with rate, time left, failures and trouble on a terminal', () => {
    const { stream, text } = fakeTerminal({ isTTY: true });
    const progress = startProgress(10, 4, 2, stream);
    progress.done();
    progress.failed();
    progress.note('waiting for the inference service');
    progress.stop();
    expect(text()).toMatch(
      /6\/10 rows \| \d+\.\d\d\/s \| .+ left \| 1 failed \| waiting for the inference service/,
    );
  });

  it('stays quiet elsewhere but for trouble', () => {
    const { stream, text } = fakeTerminal({ isTTY: false });
    const progress = startProgress(10, 0, 2, stream);
    progress.done();
    progress.note('waiting for the inference service');
    progress.note('');
    progress.stop();
    expect(text()).toBe('waiting for the inference service\n');
  });
});
