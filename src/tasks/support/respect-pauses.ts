/**
 * GitHub's limits are kept in one place: whoever asks for an installation is refused here while its pause lasts, and
 * the answer that the requests are used up begins one, for all processes.
 */
import { GitHubError } from '../../errors.ts';
import type { AppContext, Db, GitHub, GitHubApp, GitHubWriter } from '../../ports.ts';
import { writeStore } from '../../store/index.ts';
import { scaled } from './scaled.ts';

const SECOND_MS = 1_000;
/** What GitHub asks for when it names no time. */
const UNNAMED_PAUSE_SECONDS = 60;

/** Writes wait at the outbox's gate, whose distance between two of them contains the pause. */
const WRITES: ReadonlySet<string> = new Set<keyof GitHubWriter>([
  'createComment',
  'updateComment',
  'deleteComment',
  'addReaction',
  'removeReaction',
]);

type Place = Pick<AppContext, 'config'> & { readonly db: Db };

export function respectPauses(place: Place, app: GitHubApp): GitHubApp {
  return {
    ...app,
    forInstallation: async (id) => respectful(place, id, await app.forInstallation(id)),
  };
}

type Method = (...args: unknown[]) => Promise<unknown>;

function respectful(place: Place, installationId: number, client: GitHub): GitHub {
  const methods = Object.entries(client as unknown as Record<string, Method>).map(([name, ask]) => {
    const asked: Method = async (...args) => {
      if (!WRITES.has(name)) await assertNoPause(place, installationId);
      return recordingLimits(place, installationId, () => ask(...args));
    };
    return [name, asked];
  });
  return Object.fromEntries(methods) as GitHub;
}

/** @throws GitHubError, with the time that is left, instead of asking. */
async function assertNoPause(place: Place, installationId: number): Promise<void> {
  const ms = await writeStore.readPauseLeft(place.db, installationId);
  if (ms === 0) return;
  throw new GitHubError(
    'rate-limited',
    `The requests of installation ${installationId} are used up.`,
    'The work goes on when GitHub allows it again.',
    { retryAfterSeconds: ms / scaled(place, SECOND_MS) },
  );
}

async function recordingLimits<T>(place: Place, installationId: number, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GitHubError && error.failure === 'rate-limited') {
      const ms = (error.retryAfterSeconds ?? UNNAMED_PAUSE_SECONDS) * scaled(place, SECOND_MS);
      await writeStore.pauseRequests(place.db, installationId, ms);
    }
    throw error;
  }
}
