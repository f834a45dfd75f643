import type { LearningParts } from '../ports.ts';
import { packageVersion } from './version.ts';

export function learningParts(): LearningParts {
  return { codeVersion: packageVersion() };
}
