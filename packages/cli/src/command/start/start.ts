/** `cloudflow start`: becomes the server. */
import { command } from '../../program/command.ts';
import { flag, integerOption, textOption } from '../../program/option.ts';
import { setEnvironment } from '../../world.ts';

export const startCommand = command({
  name: 'start',
  summary: 'Run the product on this machine',
  description:
    'The same as `npm start` in a clone of the repository. All settings are environment variables, see ' +
    'docs/reference/config.md; the options are the ones that are most wanted. Ctrl-C stops it cleanly.',
  options: {
    port: integerOption('<port>', 'Port to listen on; 0 takes any free one. Else PORT, else 8080.', { most: 65_535 }),
    host: textOption('<address>', 'Address to listen on. Else HOST, else 127.0.0.1.'),
    dataDir: textOption('<folder>', 'Where everything is kept. Else CLOUDFLOW_DATA_DIR, else ./.cloudflow.'),
    roles: textOption('<list>', 'Run only these roles, such as gateway,engine.'),
    printConfig: flag('Print the configuration as it holds, secrets masked, and exit.'),
  },
  examples: [
    { line: 'cloudflow start', text: 'on http://127.0.0.1:8080, data in ./.cloudflow' },
    { line: 'cloudflow start --port 9000 --data-dir /var/lib/cloudflow', text: 'another port, another place' },
    { line: 'DATABASE_URL=postgres://db/cloudflow cloudflow start', text: 'with a PostgreSQL of yours' },
  ],
  ownsProcess: true,
  async run({ options: { port, host, dataDir, roles, printConfig } }) {
    setEnvironment({ PORT: port?.toString(), HOST: host, CLOUDFLOW_DATA_DIR: dataDir });
    const words = [
      ...(roles === undefined ? [] : ['--roles', roles]),
      ...(printConfig === true ? ['--print-config'] : []),
    ];
    // This process becomes the server: its signals, its output and its exit code are the server's own.
    process.argv.splice(2, Number.POSITIVE_INFINITY, ...words);
    await import('@cloudflow/server/main.ts');
    return undefined;
  },
});
