/** Model versions: who there is, who decides, and how to change that. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { type Config, loadConfig } from '../config.ts';
import { openJudge, openStore, systemClock } from '../context.ts';
import type { Db } from '../ports.ts';
import { holdoutStore, modelStore } from '../store/index.ts';
import { putToGate } from '../tasks/learning/gate.ts';
import { loadVersion } from '../tasks/learning/load-version.ts';
import { promote, retract, rollBack } from '../tasks/learning/serve.ts';
import { learningParts } from './learning-parts.ts';
import { diff } from './models/diff.ts';
import { findVersion } from './models/find.ts';
import { report } from './models/report.ts';
import { action, print, printJson, toCount } from './support.ts';

type Kind = modelStore.ModelVersion['kind'];

export function modelsCommand(): Command {
  const models = new Command('models').description('versions of the judge: who decides, and who may');
  models
    .command('list')
    .description('all versions, newest first, with who decides and who judges in the shadow')
    .option('--json', 'print them as JSON')
    .action(action(list));
  models
    .command('show')
    .description('one version: what it was made of, and what the gate said')
    .argument('<name>')
    .option('--json', 'print it as JSON')
    .action(action(show));
  models
    .command('gate')
    .description('compare a candidate with who decides now, on unexposed decisions of the holdout')
    .argument('<name>')
    .option('--json', 'print the verdict as JSON')
    .action(action(gate));
  models
    .command('report')
    .description('write what the gate said last of a version, with its figures')
    .argument('<name>')
    .requiredOption('--out <directory>', 'where report.md and its figures go')
    .action(action(report));
  models
    .command('diff')
    .description('the decisions on which two versions differ, and who of them was right')
    .argument('<a>')
    .argument('<b>')
    .option('--limit <n>', 'decisions to print', toCount, 20)
    .option('--json', 'print all of them as JSON')
    .action(action(diff));
  models
    .command('promote')
    .description('have a version decide from now on, whatever the gate says')
    .argument('<name>')
    .action(action(promoteByHand));
  models
    .command('rollback')
    .description('have the version decide that did before')
    .action(action(rollBackByHand));
  models
    .command('retract')
    .description('mark a version as bad: it never decides again')
    .argument('<name>')
    .requiredOption('--reason <text>', 'why')
    .action(action(retractByHand));
  return models;
}

async function list(flags: { json?: boolean }): Promise<void> {
  await withStore(async ({ db, kind }) => {
    const versions = await modelStore.listModelVersions(db);
    const stable = (await modelStore.servedOn(db, kind, 'stable')).version?.name ?? null;
    const shadow = (await modelStore.servedOn(db, kind, 'shadow')).version?.name ?? null;
    if (flags.json) {
      return printJson({
        stable,
        shadow,
        versions: versions.map(({ weights: _weights, ...version }) => version),
      });
    }
    print(
      `Stable: ${stable ?? 'the judge of the configuration'}${shadow === null ? '' : `, in the shadow: ${shadow}`}`,
    );
    for (const { name, state, createdAt, base } of versions) {
      print(`${name}  ${state}  ${createdAt.toISOString().slice(0, 16)}  from ${base}`);
    }
  });
}

async function show(name: string, flags: { json?: boolean }): Promise<void> {
  await withStore(async ({ db }) => {
    const version = await findVersion(db, name);
    const said = await holdoutStore.latestGateReport(db, name);
    if (flags.json) return printJson({ ...version, gate: said });
    const { weights: _weights, metrics, files, ...rest } = version;
    for (const [key, value] of Object.entries(rest)) {
      if (value !== null) print(`${key}: ${value instanceof Date ? value.toISOString() : value}`);
    }
    for (const [key, value] of Object.entries(metrics)) print(`${key}: ${value}`);
    for (const { path, bytes, sha256 } of files) print(`${path}: ${bytes} bytes, SHA-256 ${sha256}`);
    if (said) print(`\n${said.report}`);
    if (said && said.figures.length > 0) print(`Figures: swe-manager models report ${name} --out DIRECTORY`);
  });
}

async function gate(name: string, flags: { json?: boolean }): Promise<void> {
  await withStore(async ({ db, config }) => {
    const version = await findVersion(db, name);
    const { judges, close } = openJudge(config);
    try {
      await loadVersion(judges, version);
      const { verdict, report: text } = await putToGate(
        { db, clock: systemClock, judges, learning: learningParts(config.learning) },
        version,
        { candidatesPerEpoch: config.learning.candidatesPerEpoch },
      );
      if (flags.json) printJson({ candidate: name, verdict, report: text });
      else print(text);
    } finally {
      await close();
    }
  });
}

async function promoteByHand(name: string): Promise<void> {
  await withStore(async ({ db, config }) => {
    const version = await findVersion(db, name);
    const { judges, close } = openJudge(config);
    try {
      await loadVersion(judges, version);
    } finally {
      await close();
    }
    await promote({ db, clock: systemClock }, version, operator());
    print(`${name} decides from now on.`);
  });
}

async function rollBackByHand(): Promise<void> {
  await withStore(async ({ db, kind }) => {
    const now = await rollBack({ db, clock: systemClock }, kind, operator());
    print(`${now ?? 'The judge of the configuration'} decides from now on.`);
  });
}

async function retractByHand(name: string, { reason }: { reason: string }): Promise<void> {
  await withStore(async ({ db, kind }) => {
    await retract({ db, clock: systemClock }, await findVersion(db, name), { by: operator(), reason });
    const { version } = await modelStore.servedOn(db, kind, 'stable');
    print(`${name} is retracted. ${version?.name ?? 'The judge of the configuration'} decides.`);
    print('The running App adds a line to the comment of everything it had decided.');
  });
}

async function withStore(
  run: (open: { db: Db; config: Config; kind: Kind }) => Promise<void>,
): Promise<void> {
  const config = loadConfig();
  const store = await openStore(config);
  try {
    await run({ db: store.db, config, kind: config.inference === null ? 'embedded' : 'model' });
  } finally {
    await store.close();
  }
}

function operator(): string {
  return `the operator (${userInfo().username})`;
}
