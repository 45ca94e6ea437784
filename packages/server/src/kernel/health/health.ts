/** Whether this process can do its work: a list of parts, each asked with a deadline. */

export type HealthPart = {
  readonly name: string;
  /**
   * Resolves when the part is well, with what people should know all the same, if anything; rejects with an error whose
   * message people may read.
   */
  check(): Promise<string | undefined>;
};

export type HealthReport = {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly reason?: string }>>;
};

export type Health = {
  report(): Promise<HealthReport>;
  /** From now on the answer is no, whatever the parts say. */
  drain(): void;
};

const patienceMs = 2_000;

export function createHealth(parts: readonly HealthPart[]): Health {
  let draining = false;
  // Probes of several balancers share one look, so that they cannot become load on a database that is in trouble.
  let current: Promise<HealthReport> | undefined;

  async function look(): Promise<HealthReport> {
    const results = await Promise.all(parts.map(async (part) => [part.name, await outcome(part)] as const));
    current = undefined;
    return { ready: results.every(([, { ok }]) => ok), parts: Object.fromEntries(results) };
  }

  return {
    async report() {
      if (draining) return { ready: false, parts: { process: { ok: false, reason: 'the process is stopping' } } };
      current ??= look();
      return current;
    },
    drain() {
      draining = true;
    },
  };
}

async function outcome(part: HealthPart): Promise<{ ok: boolean; reason?: string }> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    const note = await Promise.race([part.check(), patience]);
    return note === undefined ? { ok: true } : { ok: true, reason: note };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
