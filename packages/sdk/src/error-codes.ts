/** The rows of `errors` that many actions share. An action adds its own to them. */
import type { ActionErrorCode } from './action.ts';

/** Of every action that sends requests. */
export const connectionErrors: readonly ActionErrorCode[] = [
  { code: 'timeout', retryable: 'always', description: 'No whole answer within the timeout.' },
  { code: 'network', retryable: 'always', description: 'No connection, or it broke.' },
  {
    code: 'egress_denied',
    retryable: 'never',
    description: 'The address, or one it redirected to, may not be reached from here.',
  },
  { code: 'response_too_large', retryable: 'never', description: 'The body is over the limit, as sent or inflated.' },
];

/** Of every action that opens a credential. */
export const credentialErrors: readonly ActionErrorCode[] = [
  { code: 'credential_unknown', retryable: 'never', description: 'There is no credential of this name.' },
  {
    code: 'credential_unusable',
    retryable: 'never',
    description: 'The credential is of a type that does not fit here.',
  },
  { code: 'credential_unavailable', retryable: 'always', description: 'The credential could not be read.' },
  {
    code: 'credential_host_denied',
    retryable: 'never',
    description: 'A credential or secret in use is not for this host, or for one it redirected to.',
  },
];

/** Of every action that speaks to one service: it answered, and the answer is no. */
export function providerRefused(details: string): ActionErrorCode {
  return {
    code: 'provider_refused',
    retryable: 'depends',
    description: `The service refused; ${details} Rate limits and failures of the service are tried again, after the wait that it asks for.`,
  };
}

export const responseInvalid: ActionErrorCode = {
  code: 'response_invalid',
  retryable: 'never',
  description: 'The answer is not what the service documents.',
};

/** Of an action that reads what it is given. */
export function dataInvalid(description: string): ActionErrorCode {
  return { code: 'data_invalid', retryable: 'never', description };
}

/** Of every action that reaches a server over `tcp`. */
export const serverErrors: readonly ActionErrorCode[] = [
  { code: 'timeout', retryable: 'always', description: 'No answer within the timeout.' },
  { code: 'network', retryable: 'always', description: 'No connection, or it broke.' },
  { code: 'overloaded', retryable: 'always', description: 'Too many tries wait for a connection to this server.' },
  { code: 'egress_denied', retryable: 'never', description: 'The address may not be reached from here.' },
  ...credentialErrors,
];
