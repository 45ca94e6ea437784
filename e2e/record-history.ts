/**
 * Keeps what an execution wrote, for the replays of later releases (packages/core/histories): its definition, its input, its
 * journal, and what people see of it. Does nothing unless `npm run record:histories` asks for it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Product } from './product.ts';

/** Longer ones say nothing more, at a price for every clone. */
const mostCharacters = 100_000;
const folder = process.env['CLOUDFLOW_RECORD_HISTORIES'];

export async function recordHistory({ server, api }: Product, title: string, executionId: string): Promise<void> {
  if (folder === undefined) return;
  const client = new pg.Client({ connectionString: server.databaseUrl() });
  await client.connect();
  try {
    const { rows: journal } = await client.query<{ seq: number; data: string }>(
      'select seq, data from execution_events where execution_id = $1 order by seq',
      [executionId],
    );
    const { rows } = await client.query<{ definition: string }>(
      'select definition::text as definition from workflow_versions where id = (select version_id from workflow_executions where id = $1)',
      [executionId],
    );
    const { json: execution } = await api.get(`/executions/${executionId}?include=variables`);
    const history = {
      title,
      definition: JSON.parse(rows[0]?.definition ?? 'null') as unknown,
      execution,
      journal: journal.map(({ data }) => JSON.parse(data) as unknown),
      steps: await api.all(`/executions/${executionId}/steps`),
    };
    const text = `${JSON.stringify(history, null, 1)}\n`;
    if (text.length > mostCharacters) return;
    await mkdir(folder, { recursive: true });
    const name = title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 80);
    await writeFile(join(folder, `${name}.json`), text);
  } finally {
    await client.end();
  }
}
