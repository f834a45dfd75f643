/** Whether a repository's threads may become training data, by what is known of it now. */
import { repositoryConfigSchema } from '../../pipeline/command/repository-config.ts';
import { type ConsentSources, hasConsent } from '../../pipeline/dataset/consent.ts';
import type { Db } from '../../ports.ts';
import { repositoryStore } from '../../store/index.ts';

/**
 * @param installation what was recorded for the repository's installation
 * @param operator the operator's default
 */
export function consentOf(
  repository: repositoryStore.Repository,
  installation: boolean | null,
  operator: boolean,
): ConsentSources {
  return { isPrivate: repository.isPrivate, repository: ownConsent(repository), installation, operator };
}

/** A config that cannot be read may say no: it is taken to. */
function ownConsent({ config, configProblems }: repositoryStore.Repository): boolean | null {
  const stored = repositoryConfigSchema.safeParse(config ?? {});
  if (configProblems !== null || !stored.success) return false;
  return stored.data.training.consent ?? null;
}

/** Ids of those whose rows stay in the database, also rows that were made while there was consent. */
export async function repositoriesWithoutConsent(db: Db, operatorConsent: boolean): Promise<number[]> {
  const known = await repositoryStore.repositoriesWithConsent(db);
  return known
    .filter(
      ({ repository, installation }) => !hasConsent(consentOf(repository, installation, operatorConsent)),
    )
    .map(({ repository }) => repository.id);
}
