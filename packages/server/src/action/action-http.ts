/** `ctx.http`: the way out for one try, with its failures as the errors an action may pass on. */
import type { ActionHttp, ActionLog } from '@cloudflow/sdk/action.ts';
import { ActionError, RetryableError } from '@cloudflow/sdk/error.ts';
import type { Egress } from '../kernel/egress/egress.ts';
import { EgressDeniedError, EgressError } from '../kernel/egress/failure.ts';
import type { UsedCredentials } from './used-credentials.ts';

export type ActionHttpDeps = {
  readonly egress: Egress;
  readonly signal: AbortSignal;
  readonly log: Pick<ActionLog, 'warn'>;
  readonly credentials: UsedCredentials;
};

export function createActionHttp({ egress, signal, log, credentials }: ActionHttpDeps): ActionHttp {
  return {
    async request({ url, method = 'GET', headers = {}, body = null, followRedirects = false, credential }) {
      try {
        const own = credential === undefined ? {} : await credentials.headers(credential);
        const { permit } = credentials;
        return await egress.request({
          url,
          method,
          headers: { ...headers, ...own },
          body,
          followRedirects,
          permit,
          signal,
        });
      } catch (error) {
        throw asActionError(error, log);
      }
    },
  };
}

/** What the action may pass on; what a forbidden name leads to is for the log alone. */
export function asActionError(error: unknown, log: Pick<ActionLog, 'warn'>): unknown {
  if (error instanceof EgressDeniedError && error.found)
    log.warn({ host: error.host, ...error.found }, 'an action may not reach what a name leads to');
  if (error instanceof EgressDeniedError)
    return new ActionError(error.message, { code: 'egress_denied', details: { host: error.host }, cause: error });
  if (!(error instanceof EgressError)) return error;
  switch (error.failure) {
    case 'network':
    case 'timeout':
      return new RetryableError(error.message, { code: error.failure, cause: error });
    case 'too_large':
      return new ActionError(error.message, { code: 'response_too_large', cause: error });
    case 'redirects':
      return new ActionError(error.message, { code: 'http_status', cause: error });
    case 'request':
      return new ActionError(error.message, { code: 'config_invalid', cause: error });
  }
}
