/** The command in a process of its own, to be killed. */
import { inferCommand } from '../../src/cli/infer.ts';

await inferCommand().parseAsync(process.argv.slice(2), { from: 'user' });
