import { defineConfig } from 'vitest/config';

/** It replaces Node's HTTP client, which must not have been used before. */
const NEEDS_FRESH_PROCESS = ['test/adapters/github/client.test.ts'];

/** They start and kill whole processes, or run whole commands one after the other. */
const TAKE_THEIR_TIME = [
  'test/adapters/db/open.test.ts',
  'test/cli/data-directory.test.ts',
  'test/cli/infer.test.ts',
  'test/cli/model.test.ts',
  'test/cli/models.test.ts',
  'test/cli/train.test.ts',
  'test/security/arguments.test.ts',
];

export default defineConfig({
  test: {
    environment: 'node',
    globalSetup: ['test/support/global-setup.ts'],
    // Generous: nothing is measured by it, and machines are busy.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    execArgv: ['--import', './src/quick-imports.ts'],
    // One more than the two cores that this is made for: tests of the whole App also wait.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...NEEDS_FRESH_PROCESS, ...TAKE_THEIR_TIME],
          // Files share their process: loading the App takes seconds.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'fresh', include: NEEDS_FRESH_PROCESS } },
      { extends: true, test: { name: 'processes', include: TAKE_THEIR_TIME } },
    ],
  },
});
