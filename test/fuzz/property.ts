import fc from 'fast-check';

/** Something that must hold for every input, however hostile. */
export interface Property {
  readonly name: string;
  /** Runs so many random cases. @throws an error with the smallest failing input. */
  check(run: { readonly cases: number; readonly seed: number }): void;
}

/** @param holds throws, or returns false, when the input breaks the property. */
export function property<T>(
  name: string,
  inputs: fc.Arbitrary<T>,
  holds: (input: T) => boolean | undefined,
): Property {
  return {
    name,
    check: ({ cases, seed }) => {
      fc.assert(fc.property(inputs, holds), { numRuns: cases, seed });
    },
  };
}
