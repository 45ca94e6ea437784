/** Why the product could not be started, in one line: what, why, and what to do. */
import type { Config } from './config.ts';
import { DatabaseUnavailableError, errorCode, UnsupportedServerError } from './kernel/db/errors.ts';
import { DataDirectoryInUseError } from './kernel/embedded-postgres/embedded-postgres.ts';
import { MasterKeyError } from './kernel/secret/master-key.ts';

export function startFailure(error: unknown, config: Config): string {
  if (error instanceof DataDirectoryInUseError || error instanceof UnsupportedServerError) return error.message;
  if (error instanceof MasterKeyError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const at = `${config.host}:${config.port}`;
  switch (errorCode(error)) {
    case 'EADDRINUSE':
      return `${at} is in use by another process: stop it, or choose another port with PORT`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      if (causeOf(error) === 'listen' || config.databaseUrl === null)
        return `${config.host} is not an address of this machine: correct HOST`;
      return databaseFailure(message, config);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return causeOf(error) === 'listen'
        ? `${at} may not be used by this user: choose a port above 1023 with PORT`
        : `${config.dataDir} cannot be written (${message}): correct its permissions, or choose another with CLOUDFLOW_DATA_DIR`;
    case 'ENOENT':
      if (causeOf(error) !== 'mkdir') return message;
      return `${config.dataDir} cannot be made (${message}): choose another with CLOUDFLOW_DATA_DIR`;
    case 'EEXIST':
    case 'ENOTDIR':
      return `${config.dataDir} cannot be a directory (${message}): choose another with CLOUDFLOW_DATA_DIR`;
    case 'ENOSPC':
      return `the disk of ${config.dataDir} is full: make room, or choose another with CLOUDFLOW_DATA_DIR`;
    case 'ECONNREFUSED':
    case 'ETIMEDOUT':
    case '28P01':
    case '28000':
    case '3D000':
    case '42501':
      return databaseFailure(message, config);
    default:
      return error instanceof DatabaseUnavailableError ? databaseFailure(message, config) : message;
  }
}

function databaseFailure(message: string, { databaseUrl, dataDir }: Config): string {
  return databaseUrl === null
    ? `the embedded PostgreSQL does not answer (${message}): see ${dataDir}/postgres.log`
    : `the database at ${hostOf(databaseUrl)} cannot be used (${message || 'no answer'}): see that it runs, and check DATABASE_URL`;
}

/** Without user and password. */
function hostOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.host || 'the local socket'}${parsed.pathname}` : 'DATABASE_URL';
}

function causeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'syscall' in error ? String(error.syscall) : undefined;
}
