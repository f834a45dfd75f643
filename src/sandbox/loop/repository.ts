/** The simulated project's repository and the people with a role in it. */
import type { FakeGitHub, Repository } from '../github/index.ts';

export const REPOSITORY = { owner: 'tidepool-tools', name: 'ledgerline' } as const;
export const MANAGER = 'renske-dv';
export const REPORTER = 'amadou-s';

export function addProject(github: FakeGitHub, { installed }: { readonly installed: boolean }): Repository {
  return github.addRepository({
    ...REPOSITORY,
    collaborators: { [MANAGER]: 'maintain', [REPORTER]: 'read' },
    ...(installed ? {} : { installationId: null }),
  });
}

export function findProject(github: FakeGitHub): Repository | undefined {
  return github.state.findRepository(`${REPOSITORY.owner}/${REPOSITORY.name}`);
}
