import { access, constants, mkdir } from 'node:fs/promises';
import { InputError, messageOf } from '../errors.ts';

/**
 * Makes the directory of a report, before anything is judged for it.
 * @throws InputError when it cannot be written
 */
export async function prepareDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK);
  } catch (cause) {
    throw cannotBeWritten(directory, cause);
  }
}

export function cannotBeWritten(directory: string, cause: unknown): InputError {
  return new InputError(`${directory} cannot be written: ${messageOf(cause)}.`, 'Choose another --out.', {
    cause,
  });
}
