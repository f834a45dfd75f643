/** Who may give which command: GitHub's own permissions, or a login in the repository's config. */
import { isManager, verbAudience } from '../../pipeline/command/authorisation.ts';
import type { Verb } from '../../pipeline/command/grammar.ts';
import type { RepositoryConfig } from '../../pipeline/command/repository-config.ts';
import type { AppContext } from '../../ports.ts';
import type { issueStore } from '../../store/index.ts';

export interface Authorisation {
  readonly allowed: boolean;
  /** The actor's role on the repository, null where it was not asked for. */
  readonly role: string | null;
}

export async function authorise(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  verb: Verb,
  login: string,
  config: RepositoryConfig,
): Promise<Authorisation> {
  if (verbAudience(verb) === 'anyone') return { allowed: true, role: null };
  return managerRole(ctx, issue, login, config);
}

/** @throws GitHubError when GitHub cannot be asked; nobody is a manager by default. */
export async function managerRole(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
  login: string,
  config: RepositoryConfig,
): Promise<Authorisation> {
  const github = await ctx.github.forInstallation(issue.installationId);
  const { role, permissions } = await github.permission(
    { owner: issue.owner, name: issue.repositoryName },
    login,
  );
  return { allowed: isManager({ permissions, login }, config), role };
}
