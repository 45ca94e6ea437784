/** The settings of the embedded server. They are given on the command line, so that an update of CloudFlow brings its own. */
import { totalmem } from 'node:os';

export type Listen = { readonly socketDir: string } | { readonly port: number };

/** The number in the socket's name, and the port on systems without sockets. */
export const socketPort = 5432;

export function serverSettings(listen: Listen, overrides: Readonly<Record<string, string>>): readonly string[] {
  const settings = { ...address(listen), ...durability, ...resources(), ...behaviour, ...overrides };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function address(listen: Listen): Record<string, string> {
  if ('port' in listen)
    return { listen_addresses: '127.0.0.1', port: String(listen.port), password_encryption: 'scram-sha-256' };
  return {
    listen_addresses: '', // nothing but the socket: no port to collide with, none to be reached from outside
    unix_socket_directories: `"${listen.socketDir.replaceAll('"', '""')}"`, // a list: quoted for paths with a comma
    unix_socket_permissions: '0700',
    port: String(socketPort),
  };
}

const durability = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // A checkpoint makes the next change of each page log the whole page: rarely, and spread out.
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  wal_buffers: '16MB',
};

function resources(): Record<string, string> {
  const small = totalmem() < 2 * 1024 ** 3;
  return {
    shared_buffers: small ? '64MB' : '256MB',
    max_connections: '100',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
  };
}

const behaviour = {
  jit: 'off', // our statements are short: compiling one costs more than running it
  // Abandoned statements end when their client is gone, and forgotten transactions do not hold back vacuum or the outbox.
  ...(process.platform === 'linux' ? { client_connection_check_interval: '1s' } : {}),
  idle_in_transaction_session_timeout: '60s',
  // Errors of statements are the callers' to log, without the data that PostgreSQL would print; here is what befalls the server.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
  cluster_name: 'cloudflow',
};
