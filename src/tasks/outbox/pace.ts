import type { AppContext } from '../../ports.ts';

/**
 * GitHub's pace in milliseconds: waits for GitHub are counted in write spacings (a second each, unless
 * WRITE_SPACING_MS says otherwise), so that one setting scales them all.
 */
export function spacings(ctx: Pick<AppContext, 'config'>, count: number): number {
  return count * ctx.config.writeSpacingMs;
}
