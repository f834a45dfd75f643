/** The queries, by group: functions over a database or an open transaction. */
export * as calibrationStore from './calibration.ts';
export * as commandStore from './commands.ts';
export * as datasetStore from './dataset.ts';
export * as datasetVersionStore from './dataset-versions.ts';
export * as decisionStore from './decisions.ts';
export * as deliveryStore from './deliveries.ts';
export * as effectStore from './effects.ts';
export * as erasureStore from './erasures.ts';
export * as evidenceStore from './evidence.ts';
export * as installationStore from './installations.ts';
export * as issueStore from './issues.ts';
export * as labelStore from './labels.ts';
export * as proposalStore from './proposals.ts';
export * as repositoryStore from './repositories.ts';
export * as runStore from './runs.ts';
export * as signalStore from './signals.ts';
export * as statusStore from './status.ts';
