/** The configuration for people: what is set, what can be set, and the reference page. Secrets are masked. */
import { settings } from './config.ts';
import type { Environment } from './kernel/config/read-settings.ts';
import type { Setting } from './kernel/config/setting.ts';
import { roles } from './roles.ts';

const all: readonly Setting<unknown>[] = Object.values(settings);

/** One line for each setting as it holds, in the form of an environment file; a default is marked. */
export function printConfig(environment: Environment): string {
  return all.map((setting) => `${setting.key}=${shown(setting, environment)}`).join('\n');
}

function shown(setting: Setting<unknown>, environment: Environment): string {
  const given =
    environment[setting.key]?.trim() || (setting.secret && environment[`${setting.key}_FILE`]?.trim()) || undefined;
  if (given === undefined) return `${setting.default ?? ''}  # default`;
  return setting.secret ? '[masked]' : given;
}

export function helpText(): string {
  const width = Math.max(...all.map(({ key }) => key.length)) + 2;
  const lines = all.map(
    ({ key, text, default: preset }) => `  ${key.padEnd(width)}${text}${preset ? ` (${preset})` : ''}`,
  );
  const roleLines = Object.entries(roles).map(([name, text]) => `  ${name.padEnd(width)}${text}`);
  return `CloudFlow: workflows that run to their end.

Usage: npm start [-- OPTION…]

  --roles LIST      run only these roles, such as gateway,engine
  --print-config    print the configuration as it holds, secrets masked, and exit
  --version         print the version and exit
  --help            print this and exit

Roles
${roleLines.join('\n')}

Settings, read from the environment (a secret also from the file that KEY_FILE names)
${lines.join('\n')}

Example: PORT=9000 CLOUDFLOW_EGRESS_ALLOW=127.0.0.1 npm start`;
}

/** docs/reference/config.md. */
export function configPage(): string {
  const rows = all.map(
    ({ key, text, default: preset, type, secret }) =>
      `| \`${key}\`${secret ? ` or \`${key}_FILE\`` : ''} | ${cell(type.name)} | ${preset ? `\`${preset}\`` : ''} | ${cell(text)} |`,
  );
  return `# Configuration

Printed from \`packages/server/src/config.ts\` by \`npm run generate\`; do not edit.

CloudFlow is configured by environment variables, read once at the start. An unknown variable that begins with
\`CLOUDFLOW_\` stops the start. \`npm start -- --print-config\` shows what holds. A setting with a \`_FILE\` variant is a
secret: it can be kept in a file, and is masked wherever it is printed.

| Variable | Type | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
