/** Overwriting what is to be forgotten. Every function says how many rows it changed; running one again changes none. */
export * from './deliveries.ts';
export * from './due.ts';
export * from './issue.ts';
export * from './judged.ts';
export * from './people.ts';
export * from './record.ts';
export * from './words.ts';
