/** Who is calling, once it is known. Every statement of a service carries `tenantId`. */
import type { IncomingHttpHeaders } from 'node:http';

export type Caller = {
  readonly kind: 'api_key';
  readonly tenantId: string;
  /** The key's id. */
  readonly principalId: string;
  /** Permissions as in core/policy/permission.ts. */
  readonly permissions: readonly string[];
};

/** As it stands in journals: `api_key:<id>`. */
export function callerName({ kind, principalId }: Caller): string {
  return `${kind}:${principalId}`;
}

/** Tells who sent these headers. Throws the problem `unauthenticated`. Answers at once when it can. */
export type Authenticate = (headers: IncomingHttpHeaders) => Caller | Promise<Caller>;
