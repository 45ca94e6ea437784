/** `cloudflow doctor`: looks at everything that tends to be wrong, and says what to do about it. */
import type { Style } from '../../output/paint.ts';
import { plainText } from '../../output/plain-text.ts';
import { command } from '../../program/command.ts';
import { isSameOrigin } from '../../settings/settings.ts';
import {
  checkDataFolder,
  checkDisk,
  checkEgress,
  checkNode,
  checkPort,
  checkPostgres,
  dataFolder,
  type Finding,
} from './checks.ts';
import { checkServer } from './server-checks.ts';

const styles: Readonly<Record<Finding['status'], Style>> = { ok: 'green', warn: 'yellow', fail: 'red' };

export const doctorCommand = command({
  name: 'doctor',
  summary: 'Look for what is wrong with this machine, the settings and the server',
  description: 'Ends with 1 when something fails; a warning is no failure. Nothing is changed.',
  examples: [
    { line: 'cloudflow doctor', text: 'everything, with what to do' },
    { line: 'cloudflow doctor -o json | jq \'.[] | select(.status != "ok")\'', text: 'for a program' },
  ],
  async run({ context }) {
    const { world, settings, output } = context;
    const folder = dataFolder(world);
    const server = await checkServer(context);
    const isUp = server.length > 1;
    const here = `http://${world.environment['HOST'] || '127.0.0.1'}:${world.environment['PORT'] || 8080}`;
    const findings = [
      checkNode(),
      checkDataFolder(folder),
      await checkDisk(folder),
      await checkPort(world, isUp && isSameOrigin(here, settings.url.value)),
      ...(await checkPostgres(world)),
      checkEgress(world),
      ...server,
    ];
    if (!output.isForPeople) output.list(findings, []);
    else for (const each of findings) output.painted(findingText(each));
    return findings.some(({ status }) => status === 'fail') ? 'error' : 'ok';

    function findingText({ check, status, found, remedy }: Finding): string {
      const line = `${output.paint(styles[status], status.padEnd(5))}${check.padEnd(width)}${plainText(found)}`;
      return remedy === undefined ? line : `${line}\n${' '.repeat(5 + width)}→ ${remedy}`;
    }
  },
});

/** Of the longest name of a check. */
const width = 22;
