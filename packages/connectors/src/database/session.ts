/** One connection to a database for one try, whichever database it is. */
import type { ActionTcp } from '@cloudflow/sdk/index.ts';

export type Statement = { readonly sql: string; readonly params: readonly unknown[] };

export type StatementResult = { rows: Record<string, unknown>[]; row_count: number };

export type Limits = {
  readonly maxRows: number;
  /** Of the rows of one try, as the database sends them. */
  readonly maxBytes: number;
  /** The database gives up on a statement after it, also when nobody is left to tell it. */
  readonly timeoutMs: number;
};

export type Session = {
  /** Throws `ActionError` only. */
  run(statement: Statement): Promise<StatementResult>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  /** Tells the database to stop what runs, over a connection of its own. */
  cancel(): Promise<void>;
  /** Says goodbye. What is not committed is undone. */
  close(): Promise<void>;
};

export type OpenSession = (tcp: ActionTcp, place: DatabasePlace, limits: Limits) => Promise<Session>;

export type DatabasePlace = {
  readonly kind: 'postgres' | 'mysql';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** `by_address`: to a public address only. */
  readonly tls: 'required' | 'off' | 'by_address';
  /** PEM of the authority that signed the certificate of the server, when it is none of the public ones. */
  readonly ca: string | undefined;
};

/** What a driver is told of TLS: names are verified, or it is not spoken. */
export function tlsOptions({ tls, ca }: DatabasePlace, isPublic: boolean): { readonly ca?: string } | false {
  const isSpoken = tls === 'required' || (tls === 'by_address' && isPublic);
  if (!isSpoken) return false;
  return ca === undefined ? {} : { ca };
}

const goodbyeMs = 1_000;

/** A goodbye is a courtesy: a server that does not answer it must not hold up a try that is done. */
export async function withoutWaitingLong(goodbye: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, goodbyeMs);
  });
  await Promise.race([goodbye.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Names for the columns of a row, each once: `id`, `id_2`. Of two columns with one name none is lost. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const used = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 2;
    while (used.has(`${name}_${number}`)) number += 1;
    used.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}
