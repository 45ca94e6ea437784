/**
 * `npm run components`: installs what the tests of connectors need beside npm. Servers come from the packages of Debian, Kafka from
 * the repository of Maven, which verifies checksums. Fails when something could not be had.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runWithProgress } from '../packages/cli/bin/progress.mjs';
import { components, find, kafkaJars, kafkaVersion } from '../packages/server/testing/components/find.ts';

const here = dirname(fileURLToPath(import.meta.url));

try {
  await installPackages();
  await fetchKafka();
  const still = Object.values(components).flatMap(({ missing }) => missing() ?? []);
  if (still.length > 0) throw new Error(still.join('; '));
} catch (error) {
  process.stderr.write(`cloudflow: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function installPackages() {
  const wanted = [
    ...(components.redis.missing() ? components.redis.packages : []),
    ...(components.mariadb.missing() ? components.mariadb.packages : []),
    ...(find('java') ? [] : ['default-jre-headless']),
    ...(find('mvn') || components.kafka.missing() === undefined ? [] : ['maven']),
  ];
  if (wanted.length === 0) return;
  if (!find('apt-get'))
    throw new Error(
      `this machine has no apt-get: install by hand what these packages of Debian hold: ${wanted.join(' ')}`,
    );
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  await runWithProgress('Looking up packages', 'apt-get', ['update', '-qq'], options);
  const args = ['install', '-y', '-qq', '--no-install-recommends', ...wanted];
  await runWithProgress(`Installing ${wanted.join(', ')}`, 'apt-get', args, options);
}

/** Put in its place when it is whole: one that was interrupted is not taken for it, and two at once do no harm. */
async function fetchKafka() {
  if (components.kafka.missing() === undefined) return;
  mkdirSync(dirname(kafkaJars), { recursive: true });
  const folder = mkdtempSync(`${kafkaJars}-`);
  try {
    const args = ['--batch-mode', '--quiet', '--strict-checksums', '-f', join(here, 'setup', 'kafka-pom.xml')];
    const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
    await runWithProgress(`Fetching Kafka ${kafkaVersion}`, 'mvn', [...args, `-Dkafka=${kafkaVersion}`, ...copy], {});
    if (components.kafka.missing() !== undefined) renameSync(folder, kafkaJars);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
