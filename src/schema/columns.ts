import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** GitHub's numeric ids outgrow 32 bits; all of them stay far below 2^53. */
export const githubId = (name: string) => bigint(name, { mode: 'number' });

/** Every time is stored with its zone and read back as a Date. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
