/** The program: reads the configuration, starts the product, and stops it when it is told to. */
import { enableCompileCache } from 'node:module';
import { compose, type Product } from './compose.ts';
import { type Config, environmentOf, processSource, readConfig } from './config.ts';
import { firstKeyText } from './first-key-text.ts';
import { ConfigError } from './kernel/config/read-settings.ts';
import { createLog, type Logger } from './kernel/log/log.ts';
import { parseArguments } from './parse-arguments.ts';
import { helpText, printConfig } from './print-config.ts';
import { endOnSignal, endProcess } from './process-end.ts';
import { startFailure } from './start-failure.ts';
import { version } from './version.ts';

enableCompileCache();
const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const { command, roles } = parseArguments(process.argv.slice(2));
  const source = processSource(roles);
  if (command === 'help') say(helpText());
  else if (command === 'version') say(version);
  else {
    const config = readConfig(source);
    if (command === 'print-config') say(printConfig(environmentOf(source)));
    else await run(config, createLog({ level: config.logLevel, format: config.logFormat }));
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`CloudFlow cannot start:\n${error.problems.map((line) => `  ${line}\n`).join('')}`);
  process.exitCode = 2;
}

async function run(config: Config, log: Logger): Promise<void> {
  const progress = (message: string) => (config.logFormat === 'pretty' ? say(`  ${message}`) : log.info(message));
  let product: Product | undefined;
  const starting = Promise.withResolvers<void>();
  endOnSignal({ log, timeoutMs: config.drainTimeoutMs, stop: () => starting.promise.then(() => product?.stop()) });
  try {
    product = await compose(config, { log, progress, onFatal: (error) => endProcess(log, error) });
  } catch (error) {
    log.debug({ error }, 'the start failed');
    process.stderr.write(`CloudFlow cannot start: ${startFailure(error, config)}\n`);
    process.exit(1);
  } finally {
    starting.resolve();
  }
  if (product.firstKey !== null) say(firstKeyText(product.firstKey, product.url));
  say(`CloudFlow is ready on ${product.url}`);
}
