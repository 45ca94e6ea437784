/**
 * What an action gets when it runs, for its tests: HTTP is a list of answers, TCP is what the test hands in, credentials are plain
 * values, and what the action asked for and logged can be looked at afterwards.
 *
 *     const context = fakeContext({ config: { name: 'Ada' }, http: [{ status: 201, json: { id: 7 } }] });
 *     expect(await runAction(createCustomer, context)).toEqual({ id: 7 });
 *     expect(context.requests[0]).toMatchObject({ method: 'POST', url: 'https://crm.example/customers' });
 */
import type { Json } from '@cloudflow/core/json.ts';
import type { ActionContext, ActionLog } from '../action.ts';
import type { Credential } from '../credential.ts';
import { ActionError } from '../error.ts';
import type { HttpRequest } from '../http.ts';
import type { ActionTcp } from '../tcp.ts';
import { createFakeHttp, type HttpMock } from './fake-http.ts';

export type FakeContextOptions<Config> = {
  readonly config: Config;
  /** Each is given once; the first that fits a request answers it. Without one left, the request is an error. */
  readonly http?: readonly HttpMock[];
  /** Without it, a connection is an error. */
  readonly tcp?: ActionTcp;
  readonly credentials?: Readonly<Record<string, Credential>>;
  /** 1 when absent. The idempotency key is the same whichever it is, as for every try of one step. */
  readonly attempt?: number;
};

export type LogLine = {
  readonly level: keyof ActionLog;
  readonly fields: Readonly<Record<string, Json>>;
  readonly message: string;
};

export type FakeContext<Config> = ActionContext<Config> & {
  /** What went to `http`, in order, as the action asked for it. */
  readonly requests: readonly HttpRequest[];
  readonly logged: readonly LogLine[];
  /** Fires `signal`, as a deadline and the withdrawal of a step do. */
  abort(): void;
};

export function fakeContext<Config>(options: FakeContextOptions<Config>): FakeContext<Config> {
  const { config, http: mocks = [], tcp = noTcp, credentials = {}, attempt = 1 } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const logged: LogLine[] = [];
  const write = (level: LogLine['level']) => (fields: LogLine['fields'], message: string) => {
    logged.push({ level, fields, message });
  };
  const http = createFakeHttp({ mocks, signal, useCredential: (name) => void credentialOf(credentials, name) });
  return {
    config,
    idempotencyKey: '00000000-0000-7000-8000-000000000001/step/1',
    correlationId: 'correlation-1',
    traceparent: '00-00000000000070008000000000000001-0000000000000001-01',
    attempt,
    signal,
    timeoutMs: 5_000,
    http,
    tcp,
    log: { debug: write('debug'), info: write('info'), warn: write('warn') },
    credential: async (name) => credentialOf(credentials, name),
    requests: http.requests,
    logged,
    abort: () => controller.abort(new Error('The try was stopped')),
  };
}

const refuseTcp = async (): Promise<never> => {
  throw new Error('The action asked for a connection over TCP, for which the test has handed in nothing');
};
const noTcp: ActionTcp = { connect: refuseTcp, addressOf: refuseTcp };

function credentialOf(credentials: Readonly<Record<string, Credential>>, name: string): Credential {
  const found = Object.hasOwn(credentials, name) ? credentials[name] : undefined;
  if (found !== undefined) return found;
  const details = { credential: name };
  throw new ActionError(`There is no credential ${name}`, { code: 'credential_unknown', details });
}
