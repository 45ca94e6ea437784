/** Sends one request with a credential, to see whether it is let in; nothing of the answer is kept. */
import { ActionError } from '@cloudflow/sdk/error.ts';
import type { TryCredential } from '../credential/index.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import type { Logger } from '../kernel/log/log.ts';
import { createActionHttp } from './action-http.ts';
import { createUsedCredentials, type OpensCredentials } from './used-credentials.ts';

const withinMs = 10_000;

export function createTryCredential(deps: {
  readonly openCredential: OpensCredentials;
  readonly egress: Egress;
  readonly log: Logger;
}): TryCredential {
  return async ({ tenantId, name, url, signal: caller }) => {
    const credentials = createUsedCredentials(deps.openCredential, tenantId);
    const signal = AbortSignal.any([caller, AbortSignal.timeout(withinMs)]);
    const http = createActionHttp({ egress: deps.egress, signal, log: deps.log, credentials });
    try {
      const { status } = await http.request({ url, credential: name });
      return { status };
    } catch (error) {
      if (signal.aborted && !caller.aborted)
        return { error: { code: 'timeout', message: `no answer within ${withinMs} ms` } };
      if (!(error instanceof ActionError)) throw error;
      const { code, message } = error;
      return { error: { code, message: credentials.mask?.cutText(message) ?? message } };
    }
  };
}
