/** The guide on secrets: its commands run as they stand there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useProduct } from './product.ts';

const product = useProduct();
const guide = readFileSync(new URL('../docs/guides/secrets.md', import.meta.url), 'utf8');

it('the commands of the guide on secrets do what it says', () => {
  const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command = '']) => command);
  expect(commands).toHaveLength(3);
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey };
  const outputs = commands.map((command) => execFileSync('bash', ['-euc', command], { env, encoding: 'utf8' }));
  expect(JSON.parse(outputs[1] ?? '')).toMatchObject({ workflow_id: 'shop-order', warnings: [] });
  expect(JSON.parse(outputs[2] ?? '')).toMatchObject({ name: 'SHOP_KEY', fields: ['value'] });
  expect(outputs.join('')).not.toMatch(/keep-this|the-next-one/);
});
