/** How many streams may be open: in this process, so that its memory is bounded, and of one tenant, so that others have some. */
import { problem } from '../../kernel/errors/problem.ts';

export type StreamSlots = {
  /** Taken until the signal fires. Throws `overloaded` and `too_many_streams`. */
  take(tenantId: string, until: AbortSignal): void;
};

export function createStreamSlots({
  ofProcess,
  ofTenant,
}: {
  readonly ofProcess: number;
  readonly ofTenant: number;
}): StreamSlots {
  const open = new Map<string, number>();
  let all = 0;
  return {
    take(tenantId, until) {
      const own = open.get(tenantId) ?? 0;
      if (own >= ofTenant)
        throw problem('too_many_streams', { detail: `${ofTenant} streams are open already.`, retryAfter: 5 });
      if (all >= ofProcess)
        throw problem('overloaded', { detail: `${ofProcess} streams are open in this process.`, retryAfter: 5 });
      if (until.aborted) return;
      all += 1;
      open.set(tenantId, own + 1);
      const free = (): void => {
        all -= 1;
        const left = (open.get(tenantId) ?? 1) - 1;
        if (left === 0) open.delete(tenantId);
        else open.set(tenantId, left);
      };
      until.addEventListener('abort', free, { once: true });
    },
  };
}
