/**
 * Whether the App, and the token that `harvest` uses, may read what comments said before they were edited. Nothing
 * needs it: without it the record begins with the text that was seen first, and harvested rows carry a flag.
 */
import { type Config, readToken } from '../../config.ts';
import { gitHubAppOf, gitHubWithToken } from '../../context.ts';
import { adviceOf, SweManagerError } from '../../errors.ts';
import type { EditsProbe, RepositoryRef } from '../../ports.ts';

export interface EditHistory {
  readonly name: string;
  readonly detail: string;
  readonly readable: EditsProbe['readable'];
}

/** @param place where to look; null takes the first repository that the App sees */
export async function editHistories(config: Config, place: RepositoryRef | null): Promise<EditHistory[]> {
  const token = readToken();
  return [
    ...(config.app === null
      ? []
      : [await tell('Edit history, App', APP_REMEDY, () => probeApp(config, place))]),
    ...(token === null
      ? []
      : [
          await tell('Edit history, GITHUB_TOKEN', TOKEN_REMEDY, () =>
            place === null
              ? Promise.resolve({ readable: null, why: 'name a repository with --repository OWNER/REPO' })
              : gitHubWithToken(config, token).probeEdits(place),
          ),
        ]),
  ];
}

const APP_REMEDY = 'Grant the App “Issues: read and write” and have the installation approve it.';
const TOKEN_REMEDY = 'Use a token that may read the repository’s issues.';
const WITHOUT = 'Without it, texts from before the first look stay unknown.';

async function tell(name: string, remedy: string, probe: () => Promise<EditsProbe>): Promise<EditHistory> {
  const { readable, why } = await probe().catch((error: unknown) => ({
    readable: null,
    why: error instanceof SweManagerError ? adviceOf(error) : String(error),
  }));
  if (readable === null) return { name, readable, detail: `could not tell: ${why}` };
  return { name, readable, detail: readable ? `yes, ${why}` : `no: ${why}. ${remedy} ${WITHOUT}` };
}

async function probeApp(config: Config, place: RepositoryRef | null): Promise<EditsProbe> {
  const app = gitHubAppOf(config);
  const installation = (await app.listInstallations()).find(({ suspended }) => !suspended);
  if (!installation) return { readable: null, why: 'the App is not installed anywhere' };
  return (await app.forInstallation(installation.id)).probeEdits(place);
}
