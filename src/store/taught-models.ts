/** Models that may have learned what was erased since: by their own training, or by that of the model they start from. */
import { and, asc, count, eq, gte, sql } from 'drizzle-orm';
import type { Db } from '../ports.ts';
import { datasetRows, datasetVersions, modelVersions, type Split, trainingRuns } from '../schema/index.ts';

export interface TaughtModel {
  readonly model: string;
  readonly state: string;
  /** The version that it, or a model under it, was trained on. */
  readonly datasetVersion: number;
  /** Rows of the version that were erased since then. */
  readonly erasedRows: number;
}

/** By name, then by dataset version. */
export async function modelsTaughtErasedRows(db: Db): Promise<TaughtModel[]> {
  const trained = await trainedModels(db);
  return trained.flatMap((model) => {
    const taught = new Map<number, number>();
    for (const { datasetVersion, erasedRows } of [model, ...basesOf(model, trained)]) {
      if (datasetVersion === null || erasedRows === 0) continue;
      // Trained on twice: what was erased since the first time holds what was erased since the second.
      taught.set(datasetVersion, Math.max(taught.get(datasetVersion) ?? 0, erasedRows));
    }
    return [...taught]
      .map(([datasetVersion, erasedRows]) => ({
        model: model.name,
        state: model.state,
        datasetVersion,
        erasedRows,
      }))
      .sort((a, b) => a.datasetVersion - b.datasetVersion);
  });
}

type TrainedModel = Awaited<ReturnType<typeof trainedModels>>[number];

/** Every model with the rows it was trained on itself that were erased afterwards. */
async function trainedModels(db: Db) {
  const trainedAt = sql`coalesce(${trainingRuns.startedAt}, ${trainingRuns.createdAt}, ${modelVersions.createdAt})`;
  const isTaught = and(
    eq(datasetRows.versionId, modelVersions.datasetVersionId),
    eq(datasetRows.split, 'train' satisfies Split),
    gte(datasetRows.erasedAt, trainedAt),
  );
  return db
    .select({
      name: modelVersions.name,
      state: modelVersions.state,
      base: modelVersions.base,
      path: modelVersions.path,
      datasetVersion: datasetVersions.number,
      erasedRows: count(datasetRows.ordinal),
    })
    .from(modelVersions)
    .leftJoin(trainingRuns, eq(modelVersions.trainingRunId, trainingRuns.id))
    .leftJoin(datasetVersions, eq(modelVersions.datasetVersionId, datasetVersions.id))
    .leftJoin(datasetRows, isTaught)
    .groupBy(modelVersions.id, datasetVersions.id)
    .orderBy(asc(modelVersions.name));
}

/** What a model was built upon, and what that was; a base is named as it is registered, or by where it lies. */
function basesOf(model: TrainedModel, all: readonly TrainedModel[]): TrainedModel[] {
  const found = new Set<TrainedModel>();
  const look = ({ base }: TrainedModel): void => {
    for (const other of all) {
      if ((other.name !== base && other.path !== base) || other === model || found.has(other)) continue;
      found.add(other);
      look(other);
    }
  };
  look(model);
  return [...found];
}
