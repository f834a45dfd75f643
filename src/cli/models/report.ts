/** `models report`: the gate's last report on a version, as files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cannotBeWritten } from '../../bench/report-directory.ts';
import { loadConfig } from '../../config.ts';
import { openStore } from '../../context.ts';
import { InputError } from '../../errors.ts';
import { holdoutStore } from '../../store/index.ts';
import { print } from '../support.ts';
import { findVersion } from './find.ts';

/** @throws InputError when the gate has not said anything yet, or the directory cannot be written */
export async function report(name: string, { out }: { out: string }): Promise<void> {
  const store = await openStore(loadConfig());
  try {
    const { name: candidate } = await findVersion(store.db, name);
    const found = await holdoutStore.latestGateReport(store.db, candidate);
    if (!found) {
      throw new InputError(
        `${candidate} was never put to the gate.`,
        `Put it there: \`swe-manager models gate ${candidate}\`.`,
      );
    }
    print(await writeFiles(out, found));
  } finally {
    await store.close();
  }
}

/** Writes `report.md` and its figures, over those of an earlier one. @returns the report's path */
async function writeFiles(
  directory: string,
  { report: text, figures }: holdoutStore.GateReport,
): Promise<string> {
  const path = join(directory, 'report.md');
  try {
    await mkdir(directory, { recursive: true });
    for (const { name, svg } of figures) await writeFile(join(directory, `${name}.svg`), svg);
    await writeFile(path, text);
  } catch (cause) {
    throw cannotBeWritten(directory, cause);
  }
  return path;
}
