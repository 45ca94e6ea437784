import { describe, expect, it } from 'vitest';
import { connectPatiently } from './connect-patiently.ts';

const refusal = (code: string) => Object.assign(new Error(`refused with ${code}`), { code });

/** Gives one refusal after the other, then the client. */
function server(...refusals: readonly Error[]) {
  const left = [...refusals];
  return async () => {
    const next = left.shift();
    if (next !== undefined) throw next;
    return 'the client';
  };
}

function patience(forMs = 10_000) {
  const said: string[] = [];
  return { said, forMs, everyMs: 1, progress: (message: string) => void said.push(message) };
}

describe('connecting to a database that is on its way up', () => {
  it.each(['57P03', 'ECONNREFUSED', 'ENOENT'])('asks again after %s, and says once that it waits', async (code) => {
    const asked = patience();
    await expect(connectPatiently(server(refusal(code), refusal(code)), asked)).resolves.toBe('the client');
    expect(asked.said).toEqual([`waiting up to 10 s for the database (refused with ${code})`]);
  });

  it('throws at once what waiting does not mend', async () => {
    const asked = patience();
    await expect(connectPatiently(server(refusal('28P01')), asked)).rejects.toMatchObject({ code: '28P01' });
    expect(asked.said).toEqual([]);
  });

  it('throws the last refusal when the time is over', async () => {
    const never = () => Promise.reject(refusal('ECONNREFUSED'));
    await expect(connectPatiently(never, patience(5))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
