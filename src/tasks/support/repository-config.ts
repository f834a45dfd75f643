/** The repository's own config file, read at most once per change (conditional request) and kept with the repository. */
import {
  CONFIG_PATH,
  defaultRepositoryConfig,
  parseRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigSchema,
} from '../../pipeline/command/repository-config.ts';
import type { AppContext } from '../../ports.ts';
import { type issueStore, repositoryStore } from '../../store/index.ts';

export interface ReadConfig {
  /** The defaults while the file is broken or absent. */
  readonly config: RepositoryConfig;
  /** What is wrong with the file; empty when it is fine. */
  readonly problems: readonly string[];
}

/** Asks GitHub for the file. @throws GitHubError */
export async function readRepositoryConfig(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
): Promise<ReadConfig> {
  const repository = await repositoryStore.getRepository(ctx.db, issue.repositoryId);
  const github = await ctx.github.forInstallation(issue.installationId);
  const ref = { owner: issue.owner, name: issue.repositoryName };
  const file = await github.readFile(ref, CONFIG_PATH, repository?.configEtag ?? null);
  switch (file.kind) {
    case 'unchanged':
      return storedConfig(repository);
    case 'absent':
      await repositoryStore.saveRepositoryConfig(ctx.db, issue.repositoryId, {
        config: null,
        etag: null,
        problems: null,
      });
      return { config: defaultRepositoryConfig, problems: [] };
    case 'file': {
      const parsed = parseRepositoryConfig(file.text);
      await repositoryStore.saveRepositoryConfig(ctx.db, issue.repositoryId, {
        config: parsed.ok ? parsed.config : null,
        etag: file.etag,
        problems: parsed.ok ? null : [...parsed.problems],
      });
      return parsed.ok
        ? { config: parsed.config, problems: [] }
        : { config: defaultRepositoryConfig, problems: parsed.problems };
    }
    default:
      return file satisfies never;
  }
}

/** The config as it was last read; good enough where no command asked for it. */
export function storedConfig(repository: repositoryStore.Repository | null): ReadConfig {
  const stored = repositoryConfigSchema.safeParse(repository?.config ?? {});
  return {
    config: stored.success ? stored.data : defaultRepositoryConfig,
    problems: repository?.configProblems ?? [],
  };
}

/** Whether the repository only wants to be observed, as far as its config was read: then nothing is posted. */
export function isObserved(repository: repositoryStore.Repository | null): boolean {
  return storedConfig(repository).config.mode === 'observe';
}
