/**
 * Many that ask for one thing each become few statements for many: what is asked for while a read is under way waits for the
 * next. There is no timer; who asks alone is answered as soon as by a statement of its own.
 */

/** Statements under way at the same time: so that one that is slow does not hold up all, and the pool is left to others. */
const READS_AT_ONCE = 2;
const MOST_IDS = 200;

type Waiting<Value> = {
  readonly id: string;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** `read` answers with what there is, by id. When it fails, each of those who asked hears it. */
export function batchedReader<Value>(
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (id: string) => Promise<Value | undefined> {
  let waiting: Waiting<Value>[] = [];
  let reading = 0;

  function pump(): void {
    while (reading < READS_AT_ONCE && waiting.length > 0) {
      const batch = waiting.slice(0, MOST_IDS);
      waiting = waiting.slice(MOST_IDS);
      reading += 1;
      void answer(batch).finally(() => {
        reading -= 1;
        pump();
      });
    }
  }

  async function answer(batch: readonly Waiting<Value>[]): Promise<void> {
    try {
      const found = await read([...new Set(batch.map(({ id }) => id))]);
      for (const { id, resolve } of batch) resolve(found.get(id));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (id) =>
    new Promise((resolve, reject) => {
      waiting.push({ id, resolve, reject });
      // After this turn, so that those who ask in the same one are in the first batch.
      if (waiting.length === 1) queueMicrotask(pump);
    });
}
