/** `npm run test:crash`: the promises under fire. docs/crash-test.md says how it works. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { messageOf } from '../../src/errors.ts';
import { startFakeInference } from '../../src/sandbox/inference/index.ts';
import { seeded } from '../../src/statistics/random.ts';
import { dealChains } from './failpoints/chains.ts';
import { assertListIsComplete } from './failpoints/in-code.ts';
import { type ChainOutcome, killInTurn } from './failpoints/phase.ts';
import { playGuards } from './guards/phase.ts';
import { type CrashOptions, type DatabaseKind, readOptions, USAGE } from './options.ts';
import { type Outcome, summarise } from './result.ts';
import { playScenes, type SceneOutcome } from './scenes/phase.ts';
import { type SoakOutcome, soak, soakForm } from './soak/phase.ts';
import { createPgliteFactory, createPostgresFactory, type DatabaseFactory } from './world/database.ts';
import { steadyModel } from './world/model.ts';

/** Worlds at the same time: most of a world's time is spent waiting, less of it where the database is in the process. */
const CHAINS = { pglite: 4, postgres: 6 } as const;

/** Tells how it goes; what the result is stands on stdout. */
let say = print;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.json) say = () => {};
  assertListIsComplete();
  const directory = mkdtempSync(path.join(tmpdir(), 'swe-crash-'));
  const guards = options.parts.includes('guards') ? [await runGuards()] : [];
  // Beside each other: most of the time is spent waiting for heartbeats and leases to run out.
  const databases = await Promise.all(options.databases.map((kind) => runOn(kind, options, directory)));
  const chains = databases.flatMap((one) => one.chains);
  const outcomes = [...guards, ...chains, ...databases.flatMap((one) => one.others)];
  const failpoints = {
    hit: chains.reduce((sum, { hit }) => sum + hit.length, 0),
    total: chains.reduce((sum, { chain }) => sum + chain.length, 0),
  };
  const violations = outcomes.flatMap((outcome) => outcome.violations);
  const ok = violations.length === 0 && failpoints.hit === failpoints.total;
  if (ok) rmSync(directory, { recursive: true });
  else say(`${violations.length} promises broken with seed ${options.seed}; the logs are in ${directory}`);
  process.stdout.write(`${JSON.stringify(summarise(outcomes, failpoints))}\n`);
  return ok ? 0 : 1;
}

async function runOn(
  kind: DatabaseKind,
  options: CrashOptions,
  directory: string,
): Promise<{ chains: readonly ChainOutcome[]; others: readonly Outcome[] }> {
  const { parts } = options;
  const databases = await openDatabases(kind, directory);
  try {
    const chains = parts.includes('failpoints')
      ? await runFailpoints(options, kind, databases, directory)
      : [];
    const scenes = parts.includes('scenes') ? await runScenes(options, kind, databases, directory) : [];
    const soaked = parts.includes('soak') ? [await runSoak(options, kind, databases, directory)] : [];
    return { chains, others: [...scenes, ...soaked] };
  } finally {
    await databases.close();
  }
}

function openDatabases(kind: DatabaseKind, directory: string): Promise<DatabaseFactory> {
  return kind === 'pglite' ? createPgliteFactory(directory) : createPostgresFactory();
}

async function runGuards(): Promise<Outcome> {
  const outcome = await playGuards();
  say(`${outcome.scenarios} scenarios about guards (${outcome.seconds.toFixed(1)} s)`);
  for (const { kind, what } of outcome.violations) say(`  ${kind}: ${what}`);
  return outcome;
}

async function runFailpoints(
  options: CrashOptions,
  kind: DatabaseKind,
  databases: DatabaseFactory,
  directory: string,
): Promise<ChainOutcome[]> {
  const inference = await startFakeInference({ script: steadyModel });
  const chains = options.chain ? [options.chain] : dealChains(seeded(options.seed), CHAINS[kind]);
  try {
    return await Promise.all(
      chains.map(async (chain, index) => {
        const name = `${kind}-${index}`;
        const outcome = await killInTurn(chain, { name, directory, databases, inferenceUrl: inference.url });
        reportChain(outcome, kind);
        return outcome;
      }),
    );
  } finally {
    await inference.close();
  }
}

function runScenes(
  { scene, seed }: CrashOptions,
  kind: DatabaseKind,
  databases: DatabaseFactory,
  directory: string,
): Promise<SceneOutcome[]> {
  const report = ({ name, commands, violations, seconds }: SceneOutcome) => {
    say(`${kind}: scene ${name}, ${commands} commands (${seconds.toFixed(1)} s)`);
    for (const { kind: how, what } of violations) say(`  ${how}: ${what}`);
    if (violations.length > 0)
      say(`  again: npm run test:crash -- --database ${kind} --scene ${name} --seed ${seed}`);
  };
  return playScenes({ kind, directory, databases, seed, scene, report });
}

async function runSoak(
  options: CrashOptions,
  kind: DatabaseKind,
  databases: DatabaseFactory,
  directory: string,
): Promise<SoakOutcome> {
  // PGlite has one process, and the long form is about several.
  const form = soakForm(kind, options.long && kind === 'postgres');
  const outcome = await soak({ directory, databases, kind, form, seed: options.seed });
  const made = [...outcome.made].map(([what, count]) => `${count} × ${what}`).join(', ');
  say(`${kind}: ${outcome.commands} commands through ${made} (${outcome.seconds.toFixed(1)} s)`);
  for (const { kind: how, what } of outcome.violations) say(`  ${how}: ${what}`);
  return outcome;
}

function reportChain({ chain, hit, violations, seconds }: ChainOutcome, kind: DatabaseKind): void {
  say(`${kind}: killed at ${hit.length} of ${chain.length} failpoints (${seconds.toFixed(1)} s)`);
  if (violations.length === 0) return;
  for (const { kind: how, what } of violations) say(`  ${how}: ${what}`);
  say(`  again: npm run test:crash -- --database ${kind} --failpoint ${chain.join(',')}`);
}

function print(line: string): void {
  process.stderr.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2));
try {
  process.exitCode = await main();
} catch (error) {
  print(`${messageOf(error)}\n\n${USAGE}`);
  process.exit(2); // Whatever still plays elsewhere ends with it.
}
