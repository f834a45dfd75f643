/**
 * The benchmark that ships with the project, as issue numbers only. SWE-Lancer (https://arxiv.org/abs/2502.12115)
 * is built from issues of Expensify/App that were closed before it was published in February 2025, when the
 * repository's numbers stood below 58,000. Which of them it took is not part of this project, so the whole range is
 * guarded: a row too few costs less than a model that has seen the exam.
 */
import type { Benchmark } from './decontaminate.ts';

/** Numbers of the development split on which the project's own benchmark is tried out. */
const DEVELOPMENT_ISSUES = [
  14268, 14958, 16921, 16985, 17163, 17387, 18569, 18681, 18736, 18742, 18909, 18910, 19022, 19167, 19301,
  19364, 20569, 24366, 24368, 24393, 24476, 24522, 25448, 25527, 25562, 25570, 25595, 25693, 25901, 25929,
  25932, 25975, 26009, 26048, 28492, 29077,
];

export const SWE_LANCER: Benchmark = {
  name: 'SWE-Lancer',
  sha256: null,
  /** The repository's name of now and its earlier one. */
  repositories: ['expensify/app', 'expensify/reactnativechat', 'expensify/expensify.cash'],
  issues: DEVELOPMENT_ISSUES.map((number) => ({ repository: 'expensify/app', number })),
  guardedBelow: 60_000,
  texts: [],
};
