/** Values over 256 KB: beside the journal, and everywhere seen as if they were in it. */
import type { Json } from '@cloudflow/core/json.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { act, aStart, aWorld, idOf, needs, useEngines } from '../../testing/engine.ts';
import type { BlobStore } from '../kernel/blob/blob-store.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { createReading, type Reading } from './reading.ts';

const engines = useEngines();
afterEach(() => engines.expectSound());

const KB = 1024;
const text = (length: number) => 'large '.repeat(Math.ceil(length / 6)).slice(0, length);
const sizes = `select (select max(octet_length(data)) from execution_events v where v.execution_id = e.id) as journal,
                      octet_length(input) as input, octet_length(output) as output,
                      (select count(*)::int from blobs b where b.owner = e.id) as values
                 from workflow_executions e where id = `;

describe('a large output', () => {
  it('is not in the journal, and the steps after it see it, also in the next process', async () => {
    const world = aWorld();
    const output = { text: text(1_000 * KB), nul: '\u0000' };
    world.on('work', () => Promise.resolve({ output }));
    const held = world.hold('middle');
    const steps = [
      act('work'),
      act('middle', needs('work')),
      act('measure', { config: { size: '${size(steps.work.output.text)}' }, ...needs('middle') }),
      { id: 'copy', type: 'transform', config: { output: '${steps.work.output}' }, ...needs('measure') },
    ];
    const workflow = await engines.publish(steps, { output: '${steps.copy.output}' });
    const first = await engines.anEngine({ actions: world });
    const id = idOf(await first.start(aStart(workflow)));
    await held.reached(1);
    await first.drain(0);
    await engines.anEngine({ actions: world });
    await held.reached(2);
    held.release();
    await engines.ended(id);
    expect(world.callsOf('measure')[0]?.input).toEqual({ size: 1_000 * KB });
    expect(await engines.one(`${sizes} '${id}'`)).toEqual({
      journal: expect.any(Number),
      input: 2,
      output: 65,
      values: 1,
    });
    expect(Number((await engines.one(`${sizes} '${id}'`))['journal'])).toBeLessThan(2 * KB);
    await expectShown(
      readingOf(() => Promise.resolve(workflow.plan)),
      id,
      output,
    );
  });

  async function expectShown(reading: Reading, id: string, output: Json): Promise<void> {
    expect(JSON.parse((await reading.find(defaultTenantId, id))?.outputText ?? '')).toEqual(output);
    const { rows } = await reading.steps(defaultTenantId, id);
    expect(rows.find(({ step_id }) => step_id === 'work')?.output).toEqual(output);
    const { events } = await reading.events(defaultTenantId, id, { seq: 0, place: 0 }, 100);
    const shown = events.filter(({ type }) => type === 'step_succeeded').map((event) => event['output']);
    expect(shown).toEqual([output, { ok: true }, { ok: true }, output]);
    expect(events.every((event) => event['big'] === undefined)).toBe(true);
  }

  it('of 50 executions at once is stored for each of them [F60]', async () => {
    const world = aWorld();
    world.on('work', ({ input }) => Promise.resolve({ output: (input as { n: number }).n + text(1_000 * KB) }));
    const engine = await engines.anEngine({ actions: world });
    const steps = [
      act('work', { config: { n: '${input.n}' } }),
      { id: 'size', type: 'transform', config: { output: '${steps.work.output.size()}' }, ...needs('work') },
    ];
    const workflow = await engines.publish(steps, { output: '${steps.size.output}' });
    const starts = Array.from({ length: 50 }, (_, n) => engine.start(aStart(workflow, { input: { n } })));
    const heads = await Promise.all((await Promise.all(starts)).map((start) => engines.ended(idOf(start))));
    expect(heads.map(({ output }) => output)).toEqual(heads.map((_, n) => String(1_000 * KB + String(n).length)));
  });

  it('is paged by its size when events are read', async () => {
    const world = aWorld();
    for (const step of ['a', 'b', 'c']) world.on(step, () => Promise.resolve({ output: step + text(5_000 * KB) }));
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('a'), act('b', needs('a')), act('c', needs('b'))], { output: '1' });
    const id = idOf(await engine.start(aStart(workflow)));
    await engines.ended(id);
    const reading = readingOf(() => Promise.resolve(workflow.plan));
    const seen: string[] = [];
    let pages = 0;
    for (let from: { seq: number; place: number } | null = { seq: 0, place: 0 }; from !== null; pages += 1) {
      const page = await reading.events(defaultTenantId, id, from, 100);
      for (const event of page.events) if (event.type === 'step_succeeded') seen.push(String(event['output'])[0] ?? '');
      from = page.next;
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(pages).toBeGreaterThan(1);
  });
});

describe('a large input', () => {
  it('is not in the row, and is seen whole by steps and readers', async () => {
    const world = aWorld();
    const engine = await engines.anEngine({ actions: world });
    const workflow = await engines.publish([act('work', { config: { size: '${input.text.size()}' } })]);
    const input = { text: text(900 * KB) };
    const result = await engine.start(aStart(workflow, { input }), { waitMs: 10_000 });
    expect(JSON.parse(result.kind === 'started' ? (result.finished?.inputText ?? '') : '')).toEqual(input);
    expect(world.callsOf('work')[0]?.input).toEqual({ size: 900 * KB });
    expect(await engines.one(`${sizes} '${idOf(result)}'`)).toMatchObject({ input: 65, values: 1 });
    const found = await readingOf(() => Promise.resolve(workflow.plan)).find(defaultTenantId, idOf(result));
    expect(JSON.parse(found?.inputText ?? '')).toEqual(input);
  });
});

describe('a blob store that fails', () => {
  it('holds up the execution, whose row never refers to what is not there, and no other', async () => {
    const world = aWorld();
    const gate = Promise.withResolvers<void>();
    const blobs = stubborn(engines.blobs, gate.promise);
    world.on('large', () => Promise.resolve({ output: text(300 * KB) }));
    const engine = await engines.anEngine({ actions: world, blobs });
    const workflow = await engines.publish([act('large'), act('after', needs('large'))]);
    const id = idOf(await engine.start(aStart(workflow)));
    await expect.poll(() => blobs.refused).toBeGreaterThan(1);
    const other = await engine.start(aStart(await engines.publish([act('small')])), { waitMs: 5_000 });
    expect(other).toMatchObject({ finished: { status: 'COMPLETED' } });
    expect(world.callsOf('after')).toEqual([]);
    expect((await engines.eventsOf(id)).filter(({ e }) => e === 'succeeded')).toEqual([]);
    await engines.expectSound();
    gate.resolve();
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
  });

  it('lets the process stop; the next one does the step again under the same key', async () => {
    const world = aWorld();
    world.on('large', () => Promise.resolve({ output: text(300 * KB) }));
    const blobs = stubborn(engines.blobs, new Promise(() => undefined));
    const first = await engines.anEngine({ actions: world, blobs });
    const id = idOf(await first.start(aStart(await engines.publish([act('large')]))));
    await expect.poll(() => blobs.refused).toBeGreaterThan(0);
    await first.drain(0);
    await engines.anEngine({ actions: world });
    expect(await engines.ended(id)).toMatchObject({ status: 2 });
    expect(new Set(world.callsOf('large').map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(world.callsOf('large')).toHaveLength(2);
  });
});

const readingOf = (planOf: Parameters<typeof createReading>[0]['planOf']) =>
  createReading({ database: engines.database, planOf, blobs: engines.blobs, secrets: engines.secrets });

/** Refuses to put anything until it is told otherwise. */
function stubborn(blobs: BlobStore, until: Promise<void>): BlobStore & { refused: number } {
  let open = false;
  void until.then(() => {
    open = true;
  });
  return {
    ...blobs,
    refused: 0,
    put(place, blob) {
      if (open) return blobs.put(place, blob);
      this.refused += 1;
      return Promise.reject(new Error('no room'));
    },
  };
}
