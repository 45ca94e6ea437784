/** kill -9 at each place where it could do harm, one after the other: determinate, where crash.e2e.test.ts is random. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crashPoints } from './crash-points.ts';
import { type CrashStage, createCrashStage } from './crash-stage.ts';

let stage: CrashStage;
beforeAll(async () => {
  stage = await createCrashStage();
}, 120_000);
afterAll(() => stage?.close());

describe('killed when …, it loses nothing that was acknowledged and repeats nothing that was recorded [F01]', () => {
  it.each(crashPoints)('… $name', async (point) => {
    const acted = await stage.killedAt(point);
    expect(acted.reached).toBe(point.name);
    expect(acted.again).toEqual(acted.acknowledged);
    expect(acted.ends).toEqual(acted.expectedEnds);
    expect(acted.effects).toEqual(acted.expectedEffects);
    expect(acted.afterOutcome).toEqual([]);
    expect(acted.strays).toEqual([]);
    expect(acted.damage).toEqual({});
  });
});
