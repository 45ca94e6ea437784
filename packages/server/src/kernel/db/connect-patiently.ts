/** A database that is on its way up (a container beside ours, a failover, a recovery) is waited for, a little. */
import { setTimeout as delay } from 'node:timers/promises';
import { isConnectionLoss } from './errors.ts';

export type Patience = {
  /** From the first refusal on. */
  readonly forMs: number;
  readonly everyMs: number;
  /** Told once, when there is something to wait for. */
  readonly progress: (message: string) => void;
};

/**
 * Asks again while there is no connection to be had; any other refusal, such as a wrong password, is thrown at once, and the last
 * one when the time is over.
 */
export async function connectPatiently<Client>(connect: () => Promise<Client>, patience: Patience): Promise<Client> {
  const until = performance.now() + patience.forMs;
  for (let told = false; ; told = true) {
    try {
      return await connect();
    } catch (error) {
      if (!isConnectionLoss(error) || performance.now() > until) throw error;
      if (!told)
        patience.progress(
          `waiting up to ${patience.forMs / 1_000} s for the database (${error instanceof Error ? error.message : String(error)})`,
        );
      await delay(patience.everyMs);
    }
  }
}
