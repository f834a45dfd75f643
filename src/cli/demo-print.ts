/** What the demo shows: the proposals found, the comment as it looks, the feedback, the row, where data are kept. */
import { createReadStream } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { classifyComment } from '../pipeline/proposals/detect.ts';
import { DEFAULT_HEADINGS } from '../pipeline/proposals/headings.ts';
import type { Scene } from '../sandbox/stage.ts';
import type { datasetVersionStore } from '../store/index.ts';
import type { WrittenFile } from './dataset/export.ts';
import { printManifest } from './dataset/print.ts';
import { print } from './support.ts';

const WIDTH = 100;
export const rule = (title: string) =>
  print(`\n── ${title} ${'─'.repeat(Math.max(3, WIDTH - title.length - 4))}`);

export function printScene(scene: Scene): void {
  const { issue, thread } = scene;
  const name = `${thread.repository.owner}/${thread.repository.name}#${issue.number}`;
  rule(`${name}  ${issue.title}`);
  print(
    `\n${issue.comments.length} comments on the issue. What each of them is to the App (* edited since):\n`,
  );
  for (const comment of issue.comments) {
    print(
      `  ${kindOf(scene, comment).padEnd(10)} ${comment.author.login.padEnd(18)} ${excerpt(comment.body, 64)}`,
    );
  }
  rule('The decision comment, as it was posted');
  print(`\n${forTerminal(scene.decided)}`);
  rule('The maintainer answers');
  print(`\n  ${thread.manager}: ${thread.feedback}\n`);
  print(`  The comment now says: ${stateLine(scene.answered)}`);
}

function kindOf(scene: Scene, comment: Scene['comment']): string {
  if (comment.viaApp) return 'ours';
  if (comment.body.startsWith('/manager')) return 'command';
  const kind = classifyComment(comment.body, DEFAULT_HEADINGS);
  const edited = comment.edits.length > 0 ? ', edited' : '';
  if (kind === 'proposal') return `proposal${edited ? '*' : ''}`;
  return kind === 'pointer'
    ? 'pointer'
    : scene.thread.manager === comment.author.login
      ? 'manager'
      : 'chatter';
}

function stateLine(body: string): string {
  return (
    body
      .split('\n')
      .find((line) => line.startsWith('**State:**'))
      ?.replaceAll('*', '') ?? 'nothing new'
  );
}

/** HTML tags and comments are noise in a terminal; everything else reads well as it is. */
function forTerminal(body: string): string {
  return indented(
    body
      .replace(/<!--[^>]{0,400}-->/g, '')
      .replace(/<summary>/g, '▸ ')
      .replace(/<\/?(?:details|summary|sub|b)>/g, ''),
  );
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

/** The version that was built: its rows and its card, as they stand in the directory. */
export async function printDataset(
  version: datasetVersionStore.DatasetVersion,
  directory: string,
  files: readonly WrittenFile[],
): Promise<void> {
  rule(`Dataset version ${version.number}: ${version.manifest.rows} rows`);
  print();
  printManifest(version.manifest);
  for (const { file, split } of files.filter(({ format }) => format === 'sft')) await printRows(file, split);
  rule(`The dataset card: ${join(directory, 'README.md')}`);
  print(`\n${indented(version.card.trim())}`);
}

async function printRows(file: string, split: string): Promise<void> {
  const lines = createInterface({ input: createReadStream(file) });
  for await (const line of lines) {
    const row = JSON.parse(line) as {
      id: string;
      messages: { role: string; content: string }[];
      best_proposal_id: number;
      price: number;
      reason_class: string;
    };
    print(
      `\n  ${split}: best_proposal_id ${row.best_proposal_id}, price ${row.price}, reason_class ${row.reason_class}`,
    );
    for (const message of row.messages) print(`  ${message.role.padEnd(10)} ${excerpt(message.content, 84)}`);
    print(`  signals behind it: dataset show --row ${row.id}`);
  }
}

export function printSummary(dataDir: string): void {
  rule('That was the whole job');
  print(`
  webhook -> thread -> proposals -> decision -> comment -> feedback -> dataset

  The data are kept in ${dataDir}. What you can do next, here:

  See the dataset, or a row's signals   ${commandOn(dataDir, 'dataset show [--row ID]')}
  Have a thread of your own judged      npx swe-manager choose https://github.com/OWNER/NAME/issues/N
  Register a GitHub App of your own     npx swe-manager start
  Watch it learn from maintainers       npx swe-manager demo --loop
`);
}

/** As one types it in this directory: the demo's data are not where the App keeps its own. */
export function commandOn(dataDir: string, command: string): string {
  const directory = relative('', dataDir);
  return `SWE_MANAGER_DATA_DIR=${directory.startsWith('..') ? dataDir : directory} npx swe-manager ${command}`;
}

function excerpt(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
