import { shareOf } from '../../pipeline/judge/cast.ts';
import {
  type Calibration,
  type CalibrationKey,
  fitCalibration,
} from '../../pipeline/judge/model/calibration.ts';
import type { Db } from '../../ports.ts';
import { calibrationStore } from '../../store/index.ts';

/** More labels than this make the one parameter no surer. */
const MOST_LABELS = 2_000;

/** Fitted on the labels of now; null while there are too few for this model, prompt and vote policy. */
export async function calibrate(db: Db, key: CalibrationKey): Promise<Calibration | null> {
  const labelled = await calibrationStore.labelledDecisions(db, key, MOST_LABELS);
  const labels = labelled.map(({ votes, chosen, correct }) => ({ ...shareOf(votes, chosen), correct }));
  return fitCalibration(key, labels);
}
