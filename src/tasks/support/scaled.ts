import type { AppContext } from '../../ports.ts';

/** A time that GitHub's limits are made of, in milliseconds, as long as the configuration makes it. */
export function scaled(ctx: Pick<AppContext, 'config'>, ms: number): number {
  return ms * ctx.config.limitsScale;
}

export function spacingMs(ctx: Pick<AppContext, 'config'>): number {
  return scaled(ctx, ctx.config.writeSpacingMs);
}

/** The clock's time, `ms` milliseconds from now. */
export function fromNow(ctx: Pick<AppContext, 'clock'>, ms: number): Date {
  return new Date(ctx.clock.now().getTime() + ms);
}
