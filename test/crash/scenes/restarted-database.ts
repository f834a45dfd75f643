import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from '../result.ts';
import { createPostgresFactory } from '../world/database.ts';
import { slowModel } from '../world/model.ts';
import { burst } from './burst.ts';
import { onStage, type SceneOptions } from './stage.ts';

/** As `pg_ctl restart -m fast` and `-m immediate` do it. */
const SIGNALS = ['INT', 'QUIT', 'INT', 'QUIT'] as const;

/** On a server of its own: a restart is felt by all its databases. */
export async function restartedDatabase(options: SceneOptions): Promise<Outcome> {
  const databases = await createPostgresFactory();
  try {
    return await onStage({ ...options, databases }, { roles: ['web', 'worker', 'worker'] }, async (stage) => {
      const { world, draw, inference } = stage;
      inference.script = slowModel;
      await world.start();
      const traffic = stage.traffic({
        accounts: 2,
        issues: 8,
        commands: 32,
        mostOpen: 32,
        pauseMs: 250,
      });
      for (const signal of SIGNALS) {
        burst(world);
        await sleep(draw.between(500, 2_500));
        await databases.restart?.(signal);
      }
      await traffic;
    });
  } finally {
    await databases.close();
  }
}
