/** The program's first file: what must be loaded before everything else, then the commands. */
import '../quick-imports.ts';

const { loadEnvironmentFile } = await import('../config.ts');
const { buildProgram } = await import('./program.ts');

// `swe-manager … | head` closes our output early; that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
loadEnvironmentFile();
const program = await buildProgram(process.argv[2]);
await program.parseAsync();
