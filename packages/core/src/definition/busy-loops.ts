/** Warns of loops that would spin: very many rounds, and no wait in any of them. */
import type { Issues } from './issues.ts';
import type { Layout } from './layout.ts';
import { loopType, mostRounds } from './types/loop.ts';
import { blocksAround } from './view.ts';

const manyRounds = 1000;

export function warnOfBusyLoops(layout: Layout, issues: Issues): void {
  const waiting = blocksThatWait(layout);
  for (const { type, config, pointer, blocks } of layout.steps) {
    if (!('control' in type) || type.control !== loopType) continue;
    const most = mostRounds(config);
    if (most <= manyRounds || waiting.has(blocks.get('round') ?? -1)) continue;
    issues.warn({
      code: 'busy_loop',
      pointer: `${pointer}/config/${typeof config.times === 'number' ? 'times' : 'max_iterations'}`,
      message: `this loop may run ${most} rounds without a wait in any of them; put a \`wait\` inside, or allow fewer`,
    });
  }
}

/** The blocks with a waiting step in them or in a block inside. */
function blocksThatWait(layout: Layout): ReadonlySet<number> {
  const waiting = new Set<number>();
  for (const { type, block } of layout.steps) {
    if (!('control' in type) || type.control.waits !== true) continue;
    for (const { index, detached } of blocksAround(block, layout)) {
      waiting.add(index);
      if (detached) break; // nobody waits for what it does
    }
  }
  return waiting;
}
