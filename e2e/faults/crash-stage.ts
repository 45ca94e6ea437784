/** One product after the other on one data directory: each is killed at a crash point, and the next one has to make up for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningServer, startServer } from '../../packages/server/testing/server.ts';
import { type Client, definitions, type Play, persistentClient, plays } from './crash-plays.ts';
import { arm, crashEnvironment, reachedPoint } from './crash-point.ts';
import type { CrashPoint } from './crash-points.ts';
import { type ReceivedEffect, startEffectSink } from './effect-sink.ts';
import { openLedger } from './verdict.ts';

export type CrashStage = Awaited<ReturnType<typeof createCrashStage>>;

const reachedWithinMs = 10_000;

export async function createCrashStage() {
  const folder = await mkdtemp(join(tmpdir(), 'cloudflow-crash-'));
  const sink = await startEffectSink(folder);
  const env = {
    CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1',
    CLOUDFLOW_LOG_LEVEL: 'error',
    CLOUDFLOW_BLOBS: 'postgres',
    ...crashEnvironment(folder),
  };
  const options = { env, dataDir: join(folder, 'data') };
  const close = async (running?: RunningServer): Promise<void> => {
    await running?.kill();
    await sink.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  let server = await startServer(options).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { apiKey, port, url } = server;
  const ask = persistentClient(url, apiKey);
  for (const definition of definitions(sink)) await ask('POST', '/workflows', definition);
  const known = new Set<string>();
  let played = 0;

  async function restart(): Promise<void> {
    server = await startServer({ ...options, apiKey, port });
  }

  /** Until the process has died; false: it lives on. */
  async function died({ exited }: Pick<RunningServer, 'exited'>): Promise<boolean> {
    const waiting = new AbortController();
    const late = pause(reachedWithinMs, false, { signal: waiting.signal }).catch(() => false);
    try {
      return await Promise.race([exited.then(() => true), late]);
    } finally {
      waiting.abort();
    }
  }

  async function isOut(effect: string, before: number): Promise<void> {
    for (let tries = 0; tries < 1_000; tries += 1) {
      if (
        sink
          .received()
          .slice(before)
          .some(({ step }) => step === effect)
      )
        return;
      await pause(10);
    }
    throw new Error(`${effect} was not called`);
  }

  /** Brings about what the point needs, and resolves when the process has died there. */
  async function dieAt(point: CrashPoint, receivedBefore: number): Promise<void> {
    if (point.armedFor === undefined) return void (await died(server));
    await isOut('effect_slow', receivedBefore);
    if (point.armedFor === 'stop') {
      arm(folder, point);
      process.kill(server.pid, 'SIGTERM');
      return void (await died(server));
    }
    await server.kill();
    arm(folder, point);
    // It may die before it is ready.
    await startServer({ ...options, apiKey, port }).then(died, () => undefined);
  }

  return {
    async killedAt(point: CrashPoint) {
      const receivedBefore = sink.received().length;
      played += 1;
      const key = `play-${played}`;
      const play: Play = playOf(point);
      if (point.armedFor === undefined) arm(folder, point);
      const playing = play.run(ask, key);
      playing.catch(() => undefined); // thrown below, where it is waited for
      await dieAt(point, receivedBefore);
      const reached = reachedPoint(folder);
      const said = server.output();
      await server.kill(); // should it live, the next point must not suffer for it
      await restart();
      if (reached === null) throw new Error(`"${point.name}" was not reached; the server said:\n${said}`);
      const acknowledged = await playing;
      const again = await play.run(ask, key);
      return { reached, acknowledged, again, ...(await judged({ point, play, acknowledged, receivedBefore })) };
    },
    close: () => close(server),
  };

  type Played = {
    readonly point: CrashPoint;
    readonly play: Play;
    readonly acknowledged: readonly string[];
    readonly receivedBefore: number;
  };

  async function judged({ point, play, acknowledged, receivedBefore }: Played) {
    const ledger = await openLedger(server.databaseUrl());
    try {
      await ledger.allEnded(20_000);
      const family = await ledger.rows<{ id: string; root: string }>(
        'select id, root_id as root from workflow_executions',
      );
      const rootOf = new Map(family.map(({ id, root }) => [id, root]));
      const effects = sink.received().slice(receivedBefore);
      const fresh = family.filter(({ id }) => !known.has(id));
      for (const { id } of fresh) known.add(id);
      const { afterOutcome } = await ledger.judgeRuns(sink.received(), 'effect%');
      return {
        ends: await Promise.all(acknowledged.map((id) => endOf(ask, id, play))),
        expectedEnds: acknowledged.map(() => expectedEnd(point, play)),
        effects: effectsOf(acknowledged, effects, { rootOf, anyRepeats: point.repeats === 'any' }),
        expectedEffects: Object.fromEntries(acknowledged.map((id) => [id, expectedEffects(point, play)])),
        afterOutcome,
        /** Effects, and executions, that nobody was told of. */
        strays: [
          ...effects.filter(({ executionId }) => !acknowledged.includes(rootOf.get(executionId) ?? '')),
          ...fresh.filter(({ root }) => !acknowledged.includes(root)),
        ],
        damage: await ledger.damage(),
      };
    } finally {
      await ledger.close();
    }
  }
}

const playOf = ({ play }: CrashPoint): Play => plays[play];

/** With the output where the play says what it is. */
async function endOf(ask: Client, id: string, { ends }: Play): Promise<object> {
  const { json } = await ask('GET', `/executions/${id}`);
  return {
    status: json.status,
    ...('output' in ends && { output: json.output }),
    ...(json.status === 'FAILED' && { code: json.error?.code }),
  };
}

function expectedEnd({ unknownOutcome }: CrashPoint, { ends }: Play): object {
  return unknownOutcome ? { status: 'FAILED', code: 'outcome_unknown' } : ends;
}

type Count = { readonly keys: number; readonly repeated: boolean };

/** By execution and step: under how many keys it came, and whether it came again after it had been done. */
function effectsOf(
  roots: readonly string[],
  effects: readonly ReceivedEffect[],
  { rootOf, anyRepeats }: { readonly rootOf: ReadonlyMap<string, string>; readonly anyRepeats: boolean },
): Record<string, Record<string, Count>> {
  return Object.fromEntries(
    roots.map((root) => {
      const bySteps = Map.groupBy(
        effects.filter(({ executionId }) => rootOf.get(executionId) === root),
        ({ step }) => step,
      );
      return [
        root,
        Object.fromEntries(
          [...bySteps].map(([step, each]) => [step, { ...countOf(each), ...(anyRepeats && { repeated: false }) }]),
        ),
      ];
    }),
  );
}

function countOf(effects: readonly ReceivedEffect[]): Count {
  const done = effects.filter(({ status }) => status === 200);
  const keys = new Set(effects.map(({ key }) => key)).size;
  return { keys, repeated: done.length > keys };
}

function expectedEffects({ repeats, unknownOutcome }: CrashPoint, { effects }: Play): Record<string, Count> {
  const had = Object.entries(effects).filter(([step]) => unknownOutcome?.includes(step) ?? true);
  return Object.fromEntries(
    had.map(([step, keys]) => [step, { keys, repeated: repeats !== 'any' && (repeats ?? []).includes(step) }]),
  );
}
