/** The guide on services: its command runs, and its steps are what the product takes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { aWorkflow, type Step } from './definitions.ts';
import { useProduct } from './product.ts';

const product = useProduct();
const guide = readFileSync(new URL('../docs/guides/connect-services.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

it('the command of the guide on services makes a credential', () => {
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW_URL: url, CLOUDFLOW_API_KEY: apiKey };
  const [command = ''] = blocks('sh');
  const made = execFileSync('bash', ['-euc', command], { env, encoding: 'utf8' });
  expect(JSON.parse(made)).toMatchObject({ name: 'OPS_BOT', type: 'slack', fields: ['token'] });
});

it('the steps of the guide on services can be saved', async () => {
  const found = blocks('json');
  expect(found).toHaveLength(5);
  for (const block of found) {
    const steps = JSON.parse(`[${block}]`) as Step[];
    const answer = (await product.api.post('/workflows/validate', aWorkflow(steps))).json;
    expect(answer, block).toMatchObject({ valid: true });
  }
});
