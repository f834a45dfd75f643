#!/usr/bin/env node
// The installed command. SWE-Manager needs Node 24, hosts often have an older one: this file is plain JavaScript
// that any supported Node understands. It runs the program here where this Node is new enough, and otherwise
// under the Node 24 that the npm package `node` brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED_MAJOR = 24;

// A clone has the sources, the published package only what was built from them.
const source = fileURLToPath(new URL('./main.ts', import.meta.url));
const built = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const program = existsSync(source) ? source : built;

const thisMajor = Number(process.versions.node.split('.')[0]);
const bundled = bundledNode();
if (thisMajor >= NEEDED_MAJOR) await import(pathToFileURL(program).href);
else if (bundled !== null) runUnder(bundled);
else refuse();

/** The binary of the npm package `node`, or null: its install script was not run, or it stands elsewhere. */
function bundledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function refuse() {
  process.stderr.write(
    `swe-manager: Node.js ${NEEDED_MAJOR} or newer is needed, this is ${process.versions.node}. ` +
      'The npm package `node` would have brought it, but its install script did not run: ' +
      'run `npm ci` in a clone, or install again without --ignore-scripts and with that script allowed (`npm rebuild node`), ' +
      `or run swe-manager with Node.js ${NEEDED_MAJOR}.\n`,
  );
  process.exitCode = 1;
}

/** Passes on arguments, streams, signals and the way it ended. */
function runUnder(node) {
  const child = spawn(node, [...process.execArgv, program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl+C to both processes; forwarded as well, it would count as a second, impatient one.
  const fromTerminal = Boolean(process.stdin.isTTY || process.stdout.isTTY);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !fromTerminal) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    process.stderr.write(`swe-manager: ${node} cannot be run: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}
