import { Argument, Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { InputError } from '../../errors.ts';
import { installationStore } from '../../store/index.ts';
import { action, print } from '../support.ts';

const ANSWERS = { allow: true, deny: false, default: null } as const;

export function consentCommand(): Command {
  return new Command('consent')
    .description('record whether an installation’s public repositories may become training data')
    .argument('<installation>', 'its id', installationId)
    .addArgument(
      new Argument('<answer>', 'default leaves it to TRAINING_CONSENT').choices(Object.keys(ANSWERS)),
    )
    .action(action(consent));
}

function installationId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected the installation’s number');
}

async function consent(id: number, answer: keyof typeof ANSWERS): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    if (!(await installationStore.setTrainingConsent(store.db, id, ANSWERS[answer]))) {
      throw new InputError(
        `Installation ${id} is not known.`,
        'GitHub names it in every webhook of the App.',
      );
    }
    print(`Installation ${id}: ${answer}. A repository’s own config goes before it.`);
  } finally {
    await store.close();
  }
}
