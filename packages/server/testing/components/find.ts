/**
 * The servers beside PostgreSQL that tests of connectors talk to. Where one is missing, its tests are left out by name; in CI they
 * are installed (scripts/components.mjs), and a missing one is a failure.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const kafkaVersion = '3.9.1';
export const kafkaJars = join(homedir(), '.cache', 'cloudflow', `kafka-${kafkaVersion}`);

export type ComponentName = 'redis' | 'mariadb' | 'kafka';

export type Component = {
  /** The packages of Debian that bring what is missing. */
  readonly packages: readonly string[];
  /** Why it cannot be started here; undefined when it can. */
  missing(): string | undefined;
};

export const components: { readonly [name in ComponentName]: Component } = {
  redis: {
    packages: ['redis-server'],
    missing: () => lacks('redis-server'),
  },
  mariadb: {
    packages: ['mariadb-server'],
    missing: () => lacks('mariadbd') ?? lacks('mariadb-install-db'),
  },
  kafka: {
    packages: ['default-jre-headless', 'maven'],
    missing: () =>
      lacks('java') ??
      (existsSync(kafkaJars) ? undefined : `${kafkaJars} is not there: "npm run components" fetches it`),
  },
};

/** The path of a program, also of those that Debian keeps for administrators. */
export function find(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

export function lacks(program: string): string | undefined {
  return find(program) ? undefined : `there is no ${program} on this machine`;
}

/** For the end of a run of the tests: what was left out, and why. */
export function leftOut(): readonly string[] {
  return Object.entries(components).flatMap(([name, { missing, packages }]) => {
    const why = missing();
    return why === undefined ? [] : [`tests with ${name} were left out: ${why} (Debian: ${packages.join(' ')})`];
  });
}
