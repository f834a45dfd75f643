import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../result.ts';
import { burst } from './burst.ts';
import { onStage, type SceneOptions } from './stage.ts';

const KILLS = 6;

/** What was acknowledged is there afterwards: the oracle compares the inbox with GitHub's log. */
export function whileWriting(options: SceneOptions): Promise<Outcome> {
  return onStage(options, { roles: ['all'] }, async (stage) => {
    const { world, draw } = stage;
    const [app] = world.processes;
    if (!app) throw new Error('there is no process');
    await world.start();
    const traffic = stage.traffic({
      accounts: 2,
      issues: 6,
      commands: 18,
      mostOpen: 18,
      pauseMs: 200,
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      burst(world);
      await sleep(draw.between(0, 250));
      await app.kill();
      await app.start();
    }
    await traffic;
  });
}
