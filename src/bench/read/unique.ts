import { InputError } from '../../errors.ts';

/**
 * @param ids with the place where each was found, for the error
 * @throws InputError that names both places of the first id that is empty or occurs twice
 */
export function refuseDuplicates(
  ids: readonly { readonly id: string; readonly place: string }[],
  { file, what }: { file: string; what: string },
): void {
  const seen = new Map<string, string>();
  for (const { id, place } of ids) {
    if (id === '') throw new InputError(`${file}: ${place} has no ${what}.`, 'Give it one.');
    const before = seen.get(id);
    if (before !== undefined) {
      throw new InputError(
        `${file}: ${place} has the same ${what} as ${before}: ${id.slice(0, 80)}.`,
        'Each must be unique, or results could not be told apart.',
      );
    }
    seen.set(id, place);
  }
}
