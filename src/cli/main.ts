/** The program's first file: what must be loaded before everything else, then the commands. */
import '../quick-imports.ts';

await import('./program.ts');
