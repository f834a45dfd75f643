/** The repository's own config file, read at most once per change (conditional request) and kept with the repository. */
import {
  CONFIG_PATH,
  defaultRepositoryConfig,
  type ParsedRepositoryConfig,
  parseRepositoryConfig,
  type RepositoryConfig,
  repositoryConfigSchema,
} from '../../pipeline/command/repository-config.ts';
import type { AppContext, Db, FileResult } from '../../ports.ts';
import { type issueStore, repositoryStore } from '../../store/index.ts';

export interface ReadConfig {
  /** The defaults while the file is broken or absent. */
  readonly config: RepositoryConfig;
  /** What is wrong with the file; empty when it is fine. */
  readonly problems: readonly string[];
}

type ReadFile = Exclude<FileResult, { readonly kind: 'unchanged' }>;

/** Asks GitHub for the file. @throws GitHubError */
export async function readRepositoryConfig(
  ctx: AppContext,
  issue: issueStore.LocatedIssue,
): Promise<ReadConfig> {
  const repository = await repositoryStore.getRepository(ctx.db, issue.repositoryId);
  const github = await ctx.github.forInstallation(issue.installationId);
  const ref = { owner: issue.owner, name: issue.repositoryName };
  const file = await github.readFile(ref, CONFIG_PATH, repository?.configEtag ?? null);
  return file.kind === 'unchanged' ? storedConfig(repository) : keepConfig(ctx.db, issue.repositoryId, file);
}

/** Keeps what the file says now; one that is gone says nothing any more. */
export async function keepConfig(db: Db, repositoryId: number, file: ReadFile): Promise<ReadConfig> {
  const parsed = parse(file);
  const problems = parsed?.ok === false ? [...parsed.problems] : null;
  await repositoryStore.saveRepositoryConfig(db, repositoryId, {
    config: parsed?.ok ? parsed.config : null,
    etag: file.kind === 'file' ? file.etag : null,
    problems,
  });
  return { config: parsed?.ok ? parsed.config : defaultRepositoryConfig, problems: problems ?? [] };
}

function parse(file: ReadFile): ParsedRepositoryConfig | null {
  switch (file.kind) {
    case 'file':
      return parseRepositoryConfig(file.text);
    case 'too-large':
      return { ok: false, problems: ['The file is larger than 1 MB.'] };
    case 'forbidden':
      return { ok: false, problems: ['The App lacks the permission “Contents: read”.'] };
    case 'absent':
      return null;
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
