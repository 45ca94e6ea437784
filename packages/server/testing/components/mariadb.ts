/** A MariaDB for tests, with an empty database and a user who may do everything in it. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { find } from './find.ts';
import { emptyFolder, freePort, type RunningComponent, runServer } from './run-server.ts';

export const mariadbLogin = { user: 'app', password: 'canary-of-mariadb', database: 'shop' };

export async function startMariadb(): Promise<RunningComponent> {
  const port = await freePort();
  const folder = emptyFolder('mariadb');
  const data = join(folder, 'data');
  const own = ['--no-defaults', `--datadir=${data}`, `--user=${userInfo().username}`];
  await promisify(execFile)(find('mariadb-install-db') ?? '', [
    ...own,
    '--skip-test-db',
    '--auth-root-authentication-method=normal',
  ]);
  const { user, password, database } = mariadbLogin;
  const init = join(folder, 'init.sql');
  writeFileSync(
    init,
    `create database ${database};\ncreate user ${user}@'%' identified by '${password}';\ngrant all on ${database}.* to ${user}@'%';\n`,
  );
  const settings = [
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 's')}`,
    `--init-file=${init}`,
  ];
  const small = ['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--skip-log-bin', '--skip-name-resolve'];
  return runServer({ program: find('mariadbd') ?? '', args: [...own, ...settings, ...small], port, folder });
}
