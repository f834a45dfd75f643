export type { ScriptedThread, Step } from './types.ts';

import { csvExport } from './csv-export.ts';
import { draftRestore } from './draft-restore.ts';
import type { ScriptedThread } from './types.ts';

/** Written for the project; nothing in them is taken from a real repository. */
export const DEMO_THREADS: readonly ScriptedThread[] = [draftRestore, csvExport];
