import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { ActionCatalog } from '@cloudflow/core/definition/plan.ts';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';
import { forgetPublishKeys } from './forget-keys.ts';
import { createResolver } from './resolve.ts';
import { createWorkflows } from './service.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test?.drop());

const tenantId = defaultTenantId;
const owner = { role: 'owner' } as const;
const pinger = { type: 'ping', configSchema: { type: 'object' }, defaultTimeoutMs: 1_000 };
const catalog = (...known: (typeof pinger)[]): ActionCatalog => ({
  find: (type) => known.find((each) => each.type === type),
  types: () => known.map(({ type }) => type),
});

/** One process: what it publishes, and what it holds in memory. */
function aProcess({
  actions = catalog(),
  monotonic = () => 0,
}: {
  actions?: ActionCatalog;
  monotonic?: () => number;
} = {}) {
  const { database } = test;
  const resolver = createResolver({ database, actions, monotonic });
  return {
    resolver,
    workflows: createWorkflows({
      database,
      actions,
      resolver,
      credentials: noCredentials,
      operations: { missing: async () => [] },
      newId: randomUUIDv7,
    }),
  };
}

const noCredentials = { missing: async (_: string, names: readonly string[]) => names, names: async () => [] };

const says = (output: number) => ({ id: 'a', type: 'transform', config: { output } });
let made = 0;
function aDocument(more: object = {}): JsonObject {
  made += 1;
  return { workflow_id: `workflow-${made}`, version: '1.0.0', steps: [], ...more } as JsonObject;
}
const by = randomUUID();
const request = (document: JsonObject) => ({ tenantId, document, correlationId: 'c-1', by });

describe('publishing', () => {
  it('makes the version, makes it current, and tells the bus, in one transaction [G14]', async () => {
    const { workflows } = aProcess();
    const published = await workflows.publish(request(aDocument({ version: '2.0.0' })));
    expect(published).toMatchObject({ created: true, version: '2.0.0', warnings: [] });
    expect(await workflows.find(tenantId, published.slug)).toMatchObject({ version: '2.0.0', enabled: true });

    const told = await test.database.query<{ payload: string; correlation_id: string }>(
      owner,
      sql`select payload, correlation_id from outbox where type = 'workflow.published' and payload like ${`%"${published.slug}"%`}`,
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.correlation_id).toBe('c-1');
    expect(JSON.parse(told[0]?.payload ?? '')).toMatchObject({ id: published.workflowId, version: '2.0.0' });
  });

  it('gives one workflow and one version to many first posts at once, in any process [F75]', async () => {
    const document = aDocument();
    const processes = [aProcess(), aProcess()];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => processes[n % 2]!.workflows.publish(request(document))),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(answers.map(({ workflowId }) => workflowId)).size).toBe(1);
  });

  it('refuses another content under a version that exists, and keeps the first', async () => {
    const { workflows } = aProcess();
    const document = aDocument({ steps: [says(1)] });
    const first = await workflows.publish(request(document));
    await expect(workflows.publish(request({ ...document, steps: [says(2)] }))).rejects.toMatchObject({
      code: 'version_exists',
      errors: [{ pointer: '/version' }],
    });
    const { definition } = await workflows.readVersion(tenantId, first.slug, '1.0.0');
    expect(JSON.parse(definition)).toEqual(document);
  });

  it('does not make an old version current again when it is sent again', async () => {
    const { workflows } = aProcess();
    const document = aDocument();
    await workflows.publish(request(document));
    const { slug } = await workflows.publish(request({ ...document, version: '1.1.0' }));
    expect(await workflows.publish(request(document))).toMatchObject({ created: false });
    expect(await workflows.find(tenantId, slug)).toMatchObject({ version: '1.1.0' });
  });

  it('lets one of two updates win that were made from the same state', async () => {
    const { workflows } = aProcess();
    const document = aDocument();
    const { slug, etag } = await workflows.publish(request(document));
    const update = { name: slug, ifMatch: etag };
    const answers = await Promise.allSettled(
      ['1.1.0', '1.2.0'].map((version) => workflows.publish({ ...request({ ...document, version }), update })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'precondition_failed' },
    });
  });

  it('answers an update that is sent again after its answer was lost', async () => {
    const { workflows } = aProcess();
    const document = aDocument();
    const { slug, etag } = await workflows.publish(request(document));
    const update = { ...request({ ...document, version: '1.1.0' }), update: { name: slug, ifMatch: etag } };
    expect(await workflows.publish(update)).toMatchObject({ created: true });
    expect(await workflows.publish(update)).toMatchObject({ created: false, version: '1.1.0' });
  });

  it('frees the name of a deleted workflow, and keeps its versions for what runs on them', async () => {
    const { workflows, resolver } = aProcess();
    const document = aDocument();
    const { slug, workflowId } = await workflows.publish(request(document));
    const { versionId } = await resolver.resolveForStart(tenantId, slug);
    await workflows.remove(tenantId, slug, undefined);
    await expect(workflows.find(tenantId, slug)).rejects.toMatchObject({ code: 'not_found' });

    const again = await workflows.publish(request(document));
    expect(again.created).toBe(true);
    expect(again.workflowId).not.toBe(workflowId);
    expect(await aProcess().resolver.planOf(versionId)).toMatchObject({ workflowId: slug });
  });
});

describe('publishing with an idempotency key', () => {
  it('gives a repeat the answer of the first, also after the workflow was deleted [G14]', async () => {
    const { workflows } = aProcess();
    const first = { ...request(aDocument()), key: 'once' };
    const { replayed, ...answer } = await workflows.publish(first);
    expect([replayed, answer.created]).toEqual([false, true]);
    expect(await workflows.publish(first)).toEqual({ ...answer, replayed: true });
    await workflows.remove(tenantId, answer.slug, undefined);
    expect(await workflows.publish(first)).toEqual({ ...answer, replayed: true });
    await expect(workflows.find(tenantId, answer.slug)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses another definition under a key that was used, and keeps nothing of it', async () => {
    const { workflows } = aProcess();
    await workflows.publish({ ...request(aDocument()), key: 'used' });
    const other = aDocument();
    const refused = { code: 'idempotency_key_reused' };
    await expect(workflows.publish({ ...request(other), key: 'used' })).rejects.toMatchObject(refused);
    await expect(workflows.find(tenantId, String(other['workflow_id']))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('has one winner when many come with one key at once, whatever they publish', async () => {
    const processes = [aProcess(), aProcess()];
    const documents = [aDocument(), aDocument()];
    const answers = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        processes[n % 2]!.workflows.publish({ ...request(documents[n % 3 === 0 ? 1 : 0]!), key: 'race' }),
      ),
    );
    const made = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(made.map(({ workflowId }) => workflowId)).size).toBe(1);
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('forgets keys past their window, and no others', async () => {
    const { workflows } = aProcess();
    const publishes = ['old', 'young'].map((key) => ({ ...request(aDocument()), key }));
    for (const each of publishes) await workflows.publish(each);
    await test.database.transaction(owner, (tx) =>
      tx.execute(sql`update workflow_keys set created_at = now() - interval '2 hours' where key = 'old'`),
    );
    const { signal } = new AbortController();
    expect(await forgetPublishKeys(test.database, { olderThanMs: 3_600_000, signal })).toBe(1);
    const again = await Promise.all(publishes.map((each) => workflows.publish(each)));
    expect(again.map(({ created, replayed }) => [created, replayed])).toEqual([
      [false, false],
      [true, true],
    ]);
  });
});

describe('the workflows of a name', () => {
  it('are all that bear or bore it; a UUID names one, also after it was deleted', async () => {
    const { workflows, resolver } = aProcess();
    const document = aDocument();
    const first = await workflows.publish(request(document));
    await workflows.remove(tenantId, first.slug, undefined);
    expect(await resolver.idsOf(tenantId, first.slug)).toEqual([first.workflowId]);
    const second = await workflows.publish(request(document));
    const both = [first.workflowId, second.workflowId];
    expect((await resolver.idsOf(tenantId, first.slug)).toSorted()).toEqual(both.toSorted());
    for (const id of both) expect(await resolver.idsOf(tenantId, id)).toEqual([id]);
    expect(await resolver.idsOf(tenantId, 'nobody')).toEqual([]);
    expect(await resolver.idsOf(randomUUIDv7(), first.slug)).toEqual([]);
  });
});

describe('resolving a start', () => {
  it('finds the current version by name and by UUID, and an older one by its version', async () => {
    const { workflows, resolver } = aProcess();
    const document = aDocument();
    await workflows.publish(request(document));
    const { slug, workflowId } = await workflows.publish(request({ ...document, version: '2.0.0' }));
    for (const name of [slug, workflowId, workflowId.toUpperCase()])
      expect(await resolver.resolveForStart(tenantId, name)).toMatchObject({ slug, workflowId, version: '2.0.0' });
    expect(await resolver.resolveForStart(tenantId, slug, '1.0.0')).toMatchObject({ version: '1.0.0' });
    await expect(resolver.resolveForStart(tenantId, slug, '3.0.0')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('means the UUID when a name looks like the UUID of another workflow', async () => {
    const { workflows, resolver } = aProcess();
    const one = await workflows.publish(request(aDocument()));
    const other = await workflows.publish(request(aDocument({ workflow_id: one.workflowId })));
    expect(other.workflowId).not.toBe(one.workflowId);
    expect(await resolver.resolveForStart(tenantId, one.workflowId)).toMatchObject({ slug: one.slug });
  });

  it('asks the database once for many starts, sees its own changes at once and those of others within a second', async () => {
    let at = 0;
    const here = aProcess({ monotonic: () => at });
    const there = aProcess();
    const document = aDocument();
    const { slug } = await here.workflows.publish(request(document));
    const first = await here.resolver.resolveForStart(tenantId, slug);
    expect((await here.resolver.resolveForStart(tenantId, slug)).plan).toBe(first.plan);

    await here.workflows.publish(request({ ...document, version: '1.1.0' }));
    expect(await here.resolver.resolveForStart(tenantId, slug)).toMatchObject({ version: '1.1.0' });

    await there.workflows.publish(request({ ...document, version: '1.2.0' }));
    expect(await here.resolver.resolveForStart(tenantId, slug)).toMatchObject({ version: '1.1.0' });
    at = 1_000;
    expect(await here.resolver.resolveForStart(tenantId, slug)).toMatchObject({ version: '1.2.0' });
  });

  it('refuses a disabled workflow at once, and takes it again when it is enabled', async () => {
    const { workflows, resolver } = aProcess();
    const { slug } = await workflows.publish(request(aDocument()));
    await workflows.setEnabled(tenantId, slug, false);
    await expect(resolver.resolveForStart(tenantId, slug)).rejects.toMatchObject({ code: 'workflow_disabled' });
    await workflows.setEnabled(tenantId, slug, true);
    expect(await resolver.resolveForStart(tenantId, slug)).toMatchObject({ slug });
  });

  it('says clearly that a stored definition does not compile any more, and recovers when it does again', async () => {
    const { workflows } = aProcess({ actions: catalog(pinger) });
    const { slug } = await workflows.publish(request(aDocument({ steps: [{ id: 'a', type: 'ping', config: {} }] })));
    await expect(aProcess().resolver.resolveForStart(tenantId, slug)).rejects.toMatchObject({
      code: 'definition_outdated',
      errors: [{ pointer: '/steps/0/type' }],
    });
    expect(await aProcess({ actions: catalog(pinger) }).resolver.resolveForStart(tenantId, slug)).toMatchObject({
      slug,
    });
  });
});

it('shows nothing of one tenant to another, whatever it is called [Z6 S038]', async () => {
  const { workflows, resolver } = aProcess();
  const { slug, workflowId } = await workflows.publish(request(aDocument()));
  const stranger = randomUUIDv7();
  await test.database.transaction(owner, (tx) =>
    tx.execute(sql`insert into tenants (id, slug, name) values (${stranger}, 'stranger', 'Stranger')`),
  );
  for (const name of [slug, workflowId]) {
    await expect(workflows.find(stranger, name)).rejects.toMatchObject({ code: 'not_found' });
    await expect(workflows.remove(stranger, name, undefined)).rejects.toMatchObject({ code: 'not_found' });
    await expect(resolver.resolveForStart(stranger, name)).rejects.toMatchObject({ code: 'not_found' });
  }
  expect(await workflows.list(stranger, { prefix: '', status: null }, { before: null, limit: 10 })).toEqual([]);
});

describe('a sub_workflow', () => {
  const calls = (workflow_id: string, version?: string) => ({
    id: 'call',
    type: 'sub_workflow',
    config: { workflow_id, ...(version === undefined ? {} : { version }) },
  });
  const errorsOf = async (document: JsonObject, tenant = tenantId) => {
    const { workflows } = aProcess();
    const { errors } = await workflows.validate(tenant, document);
    if (tenant === tenantId && errors.length > 0)
      await expect(workflows.publish(request(document))).rejects.toMatchObject({ code: 'invalid_definition', errors });
    return errors;
  };

  it('may call what exists in the tenant, an older version of it, and its own workflow in the version at hand', async () => {
    const { workflows } = aProcess();
    const child = aDocument();
    await workflows.publish(request(child));
    await workflows.publish(request({ ...child, version: '1.1.0' }));
    const slug = String(child['workflow_id']);
    const own = aDocument();
    const itself = String(own['workflow_id']);
    const steps = [calls(slug), calls(slug, '1.0.0'), calls(itself), calls(itself, '1.0.0')];
    const numbered = steps.map((step, n) => ({ ...step, id: `call-${n}` }));
    expect(await errorsOf({ ...own, steps: numbered } as JsonObject)).toEqual([]);
    await workflows.publish(request({ ...own, steps: numbered } as JsonObject));
  });

  it('is refused where it calls a workflow or a version that does not exist, with what was meant [E6]', async () => {
    const { workflows } = aProcess();
    const child = aDocument({ version: '1.2.0', workflow_id: 'ship-order' });
    await workflows.publish(request(child));
    const inside = { id: 'around', type: 'block', config: { steps: [calls('ship-ordre')] } };
    expect(await errorsOf(aDocument({ steps: [inside] }))).toEqual([
      {
        code: 'unknown_workflow',
        pointer: '/steps/0/config/steps/0/config/workflow_id',
        message: expect.stringContaining('ship-ordre'),
        suggestion: 'ship-order',
      },
    ]);
    expect(await errorsOf(aDocument({ steps: [calls('ship-order', '1.20.0')] }))).toEqual([
      {
        code: 'unknown_version',
        pointer: '/steps/0/config/version',
        message: expect.stringContaining('1.20.0'),
        suggestion: '1.2.0',
      },
    ]);
    const own = aDocument();
    const another = { ...own, steps: [calls(String(own['workflow_id']), '3.0.0')] } as JsonObject;
    expect(await errorsOf(another)).toMatchObject([{ code: 'unknown_version' }]);
    const elsewhere = await errorsOf(aDocument({ steps: [calls('ship-order')] }), randomUUID());
    expect(elsewhere).toMatchObject([{ code: 'unknown_workflow' }]);
  });

  it('answers a repeated publish as before, when what it calls has been deleted since', async () => {
    const { workflows } = aProcess();
    const child = aDocument();
    await workflows.publish(request(child));
    const caller = aDocument({ steps: [calls(String(child['workflow_id']))] });
    await workflows.publish(request(caller));
    await workflows.remove(tenantId, String(child['workflow_id']), undefined);
    expect(await workflows.publish(request(caller))).toMatchObject({ created: false });
  });
});
