/** docs/guides/drafts-and-versions.md, followed to the letter. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { useProduct } from './product.ts';

const product = useProduct();
const guide = readFileSync(new URL('../docs/guides/drafts-and-versions.md', import.meta.url), 'utf8');

it('the commands of the guide on drafts do what it says', async () => {
  const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, command = '']) => command);
  const { url, apiKey } = product.server;
  const env = { ...process.env, CLOUDFLOW: `${url}/api/v1`, KEY: apiKey };
  const answers = commands.map((command) => JSON.parse(execFileSync('bash', ['-euc', command], { env }).toString()));
  expect(answers).toMatchObject([
    { revision: 1, valid: false, errors: [{ pointer: '/steps/0/config/output', suggestion: 'input' }] },
    { value: 8, type: 'number' },
    { revision: 2, valid: true },
    { version: '1.0.0', status: 'published' },
    { version: '1.1.0', draft: { revision: 3 } },
    { version: '1.0.0' },
    { data: [{ kind: 'rollback', reason: '1.1.0 rounds wrongly' }, { version: '1.1.0' }, { version: '1.0.0' }] },
  ]);
  const ended = await product.api.post('/workflows/price-check/execute?wait=5s', { input: { price: 10 } });
  expect(ended.json).toMatchObject({ version: '1.0.0', output: { net: 8 } });
});
