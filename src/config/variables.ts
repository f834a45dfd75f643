/** The kinds of variables that the environment has. An empty variable counts as unset. */
import * as z from 'zod';

/** Timers take 32 bits; a longer one would ring at once. Leaves room for what is added to it. */
const LONGEST_MS = 2_000_000_000;

/** A variable with a schema of its own. */
export const variable = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value: unknown) => (value === '' ? undefined : value), schema);

export const optionalText = variable(z.string().optional());
export const text = (fallback: string) => variable(z.string().default(fallback));
/** More than 0. */
export const positive = (fallback: number) => variable(z.coerce.number().positive().default(fallback));
/** A whole number of `least` or more. */
export const count = (least: number, fallback: number) =>
  variable(z.coerce.number().int().min(least).default(fallback));
/** 1 to about 23 days. */
export const milliseconds = (fallback: number) =>
  variable(z.coerce.number().min(1).max(LONGEST_MS).default(fallback));
