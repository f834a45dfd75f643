/**
 * `npm run docs:picture`: plays the demo's first thread and writes docs/decision-comment.png, the decision comment
 * as GitHub shows it. Needs Chromium (`CHROMIUM` names it when it is not on the PATH).
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { startApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import { playThread, type Scene, startStage } from '../../src/sandbox/stage.ts';
import { DEMO_THREADS } from '../../src/sandbox/threads/index.ts';

const TARGET = path.join(import.meta.dirname, '../../docs/decision-comment.png');
const WIDTH_PX = 880;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--hide-scrollbars',
  '--force-color-profile=srgb',
];

async function playDemo(dataDir: string): Promise<Scene> {
  const [thread] = DEMO_THREADS;
  if (!thread) throw new Error('The demo has no thread.');
  const stage = await startStage();
  const app = await startApp({
    ...loadConfig({ LOG_LEVEL: 'silent' }),
    ...stage.credentials,
    dataDir,
    http: { host: '127.0.0.1', port: 0 },
    writeSpacingMs: 20,
  });
  try {
    stage.deliverTo(`${app.url}${app.ctx.config.webhook.path}`);
    return await playThread(stage, app.ctx, thread);
  } finally {
    await app.close();
    await stage.close();
  }
}

const STYLE = `
  body { margin: 0; padding: 16px; background: #fff; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1f2328; }
  .comment { border: 1px solid #d1d9e0; border-radius: 6px; }
  .head { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 8px 16px; color: #59636e; }
  .head b { color: #1f2328; }
  .bot { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 7px; font-size: 12px; margin-left: 4px; }
  .body { padding: 4px 16px 12px; }
  h2 { font-size: 21px; border-bottom: 1px solid #d1d9e0b3; padding-bottom: .3em; margin: 16px 0; }
  a { color: #0969da; text-decoration: none; }
  code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% "DejaVu Sans Mono", monospace; }
  ul { padding-left: 2em; } li { margin: .2em 0; } li:has(> input) { list-style: none; margin-left: -1.4em; }
  table { border-collapse: collapse; margin: 16px 0; font-size: 13px; } th, td { border: 1px solid #d1d9e0; padding: 5px 10px; }
  tr:nth-child(2n) td { background: #f6f8fa; } details { margin: 10px 0; } summary { cursor: pointer; }
  sub { font-size: 11px; color: #59636e; line-height: 1.4; vertical-align: baseline; }`;

function page(scene: Scene): string {
  // The comment is our own text, neutralised before it was posted: its HTML may stand.
  const html = micromark(scene.decided, {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
  const author = scene.comment.author.login.replace('[bot]', '');
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
    <div class="comment"><div class="head"><b>${author}</b> <span class="bot">bot</span> commented now</div>
    <div class="body">${html}</div></div>
    <script>document.title = document.documentElement.scrollHeight</script>`;
}

function chromium(args: readonly string[]): string {
  return execFileSync(process.env.CHROMIUM || 'chromium', [...FLAGS, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
  });
}

/** The first pass measures how high the page is, the second one takes the picture. */
function takePicture(folder: string, html: string): void {
  const file = path.join(folder, 'comment.html');
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const measured = chromium([`--window-size=${WIDTH_PX},200`, '--dump-dom', url]);
  const height = Number(/<title>(\d+)<\/title>/.exec(measured)?.[1]);
  if (!Number.isInteger(height)) throw new Error('The page did not tell how high it is.');
  const picture = path.join(folder, 'comment.png');
  chromium([`--window-size=${WIDTH_PX},${height}`, `--screenshot=${picture}`, url]);
  copyFileSync(picture, TARGET);
}

const folder = mkdtempSync(path.join(tmpdir(), 'swe-manager-picture-'));
try {
  takePicture(folder, page(await playDemo(path.join(folder, 'data'))));
  console.log(`${TARGET}: ${Math.round(statSync(TARGET).size / 1024)} KiB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
