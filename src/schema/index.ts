export * from './datasets.ts';
export * from './decisions.ts';
export * from './feedback.ts';
export * from './github.ts';
export * from './inbox.ts';
export * from './leases.ts';
export * from './outbox.ts';
export * from './proposals.ts';
