import { randomUUID, randomUUIDv7 } from 'node:crypto';
import type { JsonObject } from '@cloudflow/core/json.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts';
import { defaultTenantId } from '../kernel/db/database.ts';
import { sql } from '../kernel/sql/sql.ts';
import { draftEtag, workflowEtag } from './etag.ts';
import { createResolver } from './resolve.ts';
import { keptRevisions } from './save-draft.ts';
import { createWorkflows } from './service.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test?.drop());

const tenantId = defaultTenantId;
const by = randomUUID();
const noActions = { find: () => undefined, types: () => [] };
const noCredentials = { missing: async (_: string, names: readonly string[]) => names, names: async () => [] };

/** One process. */
function aProcess() {
  const { database } = test;
  const resolver = createResolver({ database, actions: noActions, monotonic: () => 0 });
  const deps = {
    database,
    actions: noActions,
    resolver,
    credentials: noCredentials,
    operations: { missing: async () => [] },
    newId: randomUUIDv7,
  };
  const workflows = createWorkflows(deps);
  return { resolver, workflows, drafts: workflows.drafts };
}

let made = 0;
const aName = () => {
  made += 1;
  return `draft-${made}`;
};
const says = (workflow_id: string, output: unknown, version = '1.0.0') =>
  ({ workflow_id, version, steps: [{ id: 'a', type: 'transform', config: { output } }] }) as JsonObject;
const draft = (name: string, document: JsonObject, more: object = {}) => ({
  ...{ tenantId, name, document, by, ifMatch: undefined, isNew: false },
  ...more,
});
const toPublish = (name: string, more: object = {}) => ({
  ...{ tenantId, name, by, correlationId: 'c-1', version: undefined, ifMatch: undefined, key: undefined },
  ...more,
});
const toRollBack = (name: string, version: string, more: object = {}) => ({
  ...{ tenantId, name, version, by, correlationId: 'c-1', reason: '', ifMatch: undefined },
  ...more,
});
const publication = (document: JsonObject) => ({ tenantId, document, correlationId: 'c-1', by });
const outcomes = (settled: readonly PromiseSettledResult<unknown>[]) =>
  settled.map((each) => (each.status === 'fulfilled' ? 'done' : (each.reason as { code: string }).code)).toSorted();

describe('saving a draft', () => {
  it('keeps what is wrong, and says what is', async () => {
    const { drafts } = aProcess();
    const name = aName();
    const saved = await drafts.save(draft(name, { steps: [{ id: 'a', type: 'nope' }], '': null }));
    expect(saved).toMatchObject({ created: true, revision: 1, savedBy: by, basedOn: null, valid: false });
    expect(saved.errors.map(({ pointer }) => pointer)).toContain('/workflow_id');
    const read = await drafts.read(tenantId, name);
    expect(JSON.parse(read.definition)).toEqual({ steps: [{ id: 'a', type: 'nope' }], '': null });
    expect(read.errors).toEqual(saved.errors);
  });

  it('has one winner of many editors that read the same draft, in any process', async () => {
    const processes = [aProcess(), aProcess()];
    const name = aName();
    const first = await processes[0]!.drafts.save(draft(name, says(name, 0)));
    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        processes[n % 2]!.drafts.save(draft(name, says(name, n + 1), { ifMatch: draftEtag(first) })),
      ),
    );
    expect(outcomes(settled)).toEqual(['done', ...Array(9).fill('precondition_failed')]);
    expect(await processes[0]!.drafts.find(tenantId, name)).toMatchObject({ revision: 2 });
  });

  it('has one winner of many editors of a workflow that has no draft yet', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    await workflows.publish(publication(says(name, 0)));
    const opened = await drafts.find(tenantId, name);
    expect(opened).toMatchObject({ revision: 0, savedBy: null, publishedAs: '1.0.0', basedOn: '1.0.0' });
    const settled = await Promise.allSettled(
      [1, 2, 3].map((n) => drafts.save(draft(name, says(name, n), { ifMatch: draftEtag(opened) }))),
    );
    expect(outcomes(settled)).toEqual(['done', 'precondition_failed', 'precondition_failed']);
  });

  it('has one maker of a name that is to be new, and makes one workflow however many come', async () => {
    const { drafts } = aProcess();
    const [fresh, shared] = [aName(), aName()];
    const race = (name: string, isNew: boolean) =>
      Promise.allSettled(Array.from({ length: 6 }, (_, n) => drafts.save(draft(name, says(name, n), { isNew }))));
    expect(outcomes(await race(fresh, true))).toEqual(['done', ...Array(5).fill('precondition_failed')]);
    expect(outcomes(await race(shared, false))).toEqual(Array(6).fill('done'));
    const [row] = await test.database.query<{ count: number }>(
      { role: 'owner' },
      sql`select count(*)::int as count from workflows where slug = ${shared}`,
    );
    expect(row?.count).toBe(1);
    expect(await drafts.find(tenantId, shared)).toMatchObject({ revision: 6 });
  });

  it('answers a save that is sent again as before, and makes no revision of what is there already', async () => {
    const { drafts } = aProcess();
    const name = aName();
    const first = await drafts.save(draft(name, says(name, 1)));
    const next = draft(name, says(name, 2), { ifMatch: draftEtag(first) });
    const saved = await drafts.save(next);
    expect(await drafts.save(next)).toMatchObject(saved);
    expect(saved.revision).toBe(2);
  });

  it('keeps the last 200 revisions, each readable, and restores one by saving it', async () => {
    const { drafts } = aProcess();
    const name = aName();
    for (let n = 1; n <= keptRevisions + 3; n++) await drafts.save(draft(name, says(name, n)));
    const history = await drafts.history(tenantId, name, { before: null, limit: 1_000 });
    expect(history.map(({ revision }) => revision)).toEqual(
      Array.from({ length: keptRevisions }, (_, n) => keptRevisions + 3 - n),
    );
    await expect(drafts.revision(tenantId, name, 3)).rejects.toMatchObject({ code: 'not_found' });
    const { definition } = await drafts.revision(tenantId, name, 4);
    expect(JSON.parse(definition)).toEqual(says(name, 4));
    await drafts.save(draft(name, JSON.parse(definition)));
    expect(await drafts.find(tenantId, name)).toMatchObject({ revision: keptRevisions + 4, definition });
  });

  it('makes no workflow of what looks like an id, of what is no name, and of one that was there', async () => {
    const { workflows, drafts } = aProcess();
    for (const name of [randomUUIDv7(), 'Capital'])
      await expect(drafts.save(draft(name, {}))).rejects.toMatchObject({ code: 'not_found' });
    const name = aName();
    const saved = await drafts.save(draft(name, {}));
    await workflows.remove(tenantId, name, undefined);
    const late = draft(name, { late: true }, { ifMatch: draftEtag(saved) });
    await expect(drafts.save(late)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(drafts.find(tenantId, name)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuses what is larger than a definition may be', async () => {
    const { drafts } = aProcess();
    const large = draft(aName(), { note: 'x'.repeat(1_048_576) });
    await expect(drafts.save(large)).rejects.toMatchObject({ code: 'body_too_large' });
  });

  it('shows nothing of one tenant to another, and gives each its own draft of a name', async () => {
    const { drafts } = aProcess();
    const stranger = randomUUIDv7();
    await test.database.transaction({ role: 'owner' }, (tx) =>
      tx.execute(sql`insert into tenants (id, slug, name) values (${stranger}, 'drafts-stranger', 'Stranger')`),
    );
    const name = aName();
    const { workflowId } = await drafts.save(draft(name, says(name, 'ours')));
    for (const each of [name, workflowId])
      await expect(drafts.read(stranger, each)).rejects.toMatchObject({ code: 'not_found' });
    const theirs = await drafts.save(draft(name, says(name, 'theirs'), { tenantId: stranger }));
    expect(theirs).toMatchObject({ created: true, revision: 1 });
    expect(await drafts.find(tenantId, name)).toMatchObject({
      workflowId,
      definition: JSON.stringify(says(name, 'ours')),
    });
  });
});

describe('a workflow that is a draft', () => {
  it('is listed and can be deleted; it cannot be started, called, disabled or rolled back', async () => {
    const { workflows, drafts, resolver } = aProcess();
    const name = aName();
    await drafts.save(draft(name, says(name, 1)));
    const listed = await workflows.list(tenantId, { prefix: name, status: 'draft' }, { before: null, limit: 1 });
    expect(listed).toMatchObject([{ slug: name, version: null, hasChanges: true }]);
    const refused = { code: 'workflow_not_published' };
    await expect(resolver.resolveForStart(tenantId, name)).rejects.toMatchObject(refused);
    await expect(resolver.resolveForStart(tenantId, name, '1.0.0')).rejects.toMatchObject({ code: 'not_found' });
    await expect(workflows.setEnabled(tenantId, name, false)).rejects.toMatchObject(refused);
    await expect(workflows.rollBack(toRollBack(name, '1.0.0'))).rejects.toMatchObject(refused);
    const caller = { ...says(aName(), 1), steps: [{ id: 'a', type: 'sub_workflow', config: { workflow_id: name } }] };
    expect(await workflows.validate(tenantId, caller as JsonObject)).toMatchObject({
      errors: [{ code: 'unknown_workflow' }],
    });
    await workflows.remove(tenantId, name, undefined);
    await expect(workflows.find(tenantId, name)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('takes its first version from a post as well as from its draft', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    const { workflowId } = await drafts.save(draft(name, says(name, 'draft')));
    await expect(
      workflows.publish({ ...publication(says(name, 'sent')), update: { name, ifMatch: '"other"' } }),
    ).rejects.toMatchObject({ code: 'precondition_failed' });
    const row = await workflows.find(tenantId, name);
    const update = { name, ifMatch: workflowEtag(row) };
    const published = await workflows.publish({ ...publication(says(name, 'sent')), update });
    expect(published).toMatchObject({ workflowId, created: true });
    // The draft is still what was worked on, and says that a version came in between.
    expect(await drafts.find(tenantId, name)).toMatchObject({ revision: 1, basedOn: null, currentVersion: '1.0.0' });
  });
});

describe('publishing the draft', () => {
  it('makes it the current version, and says in the draft what it became', async () => {
    const { workflows, drafts, resolver } = aProcess();
    const name = aName();
    await drafts.save(draft(name, says(name, 1)));
    const published = await workflows.publishDraft(toPublish(name));
    expect(published).toMatchObject({ created: true, version: '1.0.0', draft: { revision: 1 } });
    expect(await resolver.resolveForStart(tenantId, name)).toMatchObject({ version: '1.0.0' });
    expect(await workflows.find(tenantId, name)).toMatchObject({ hasChanges: false });
    const saved = await drafts.save(draft(name, says(name, 2, '1.1.0'), { ifMatch: published.draft.etag }));
    expect(saved).toMatchObject({ basedOn: '1.0.0', publishedAs: null });
    expect(await workflows.find(tenantId, name)).toMatchObject({ hasChanges: true, version: '1.0.0' });
  });

  it('under another version keeps that version in the draft, and is answered again when it is sent again', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    const saved = await drafts.save(draft(name, says(name, 1)));
    const request = toPublish(name, { version: '3.0.0', ifMatch: draftEtag(saved) });
    const published = await workflows.publishDraft(request);
    expect(published).toMatchObject({ created: true, version: '3.0.0', draft: { revision: 2 } });
    const now = await drafts.find(tenantId, name);
    expect(JSON.parse(now.definition)).toEqual(says(name, 1, '3.0.0'));
    expect(now).toMatchObject({ publishedAs: '3.0.0' });
    expect(published.draft.etag).toBe(draftEtag(now));
    expect(await workflows.publishDraft(request)).toEqual({ ...published, created: false });
  });

  it('refuses what is wrong, what has changed, and what was published with another content; nothing of it stays', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    const wrong = await drafts.save(draft(name, { ...says('another', 1), steps: [{ id: 'a', type: 'nope' }] }));
    await expect(workflows.publishDraft(toPublish(name))).rejects.toMatchObject({
      code: 'invalid_definition',
      errors: [{ pointer: '/workflow_id' }, { pointer: '/steps/0/type' }],
    });
    const right = await drafts.save(draft(name, says(name, 1)));
    const stale = toPublish(name, { ifMatch: draftEtag(wrong) });
    await expect(workflows.publishDraft(stale)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(workflows.find(tenantId, name)).resolves.toMatchObject({ version: null });
    await workflows.publishDraft(toPublish(name, { ifMatch: draftEtag(right) }));
    await drafts.save(draft(name, says(name, 2)));
    await expect(workflows.publishDraft(toPublish(name))).rejects.toMatchObject({ code: 'version_exists' });
    expect(await drafts.find(tenantId, name)).toMatchObject({ publishedAs: null });
  });

  it('has one winner when a save and a publish of the same draft meet, or both happen in turn', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    for (let round = 1; round <= 8; round++) {
      const base = await drafts.save(draft(name, says(name, `${round}`, `1.${round}.0`)));
      const ifMatch = draftEtag(base);
      const [publish] = await Promise.allSettled([
        workflows.publishDraft(toPublish(name, { ifMatch })),
        drafts.save(draft(name, says(name, `${round} late`, `2.${round}.0`), { ifMatch })),
      ]);
      // Only the draft that was meant is ever published.
      const current = await workflows.find(tenantId, name);
      if (publish.status === 'fulfilled') expect(current.version).toBe(`1.${round}.0`);
      else expect(publish.reason).toMatchObject({ code: 'precondition_failed' });
    }
  });

  it('with an idempotency key gives a repeat the answer of the first, also when the draft has changed since', async () => {
    const processes = [aProcess(), aProcess()];
    const name = aName();
    await processes[0]!.drafts.save(draft(name, says(name, 1)));
    const request = toPublish(name, { key: `once-${name}` });
    const answers = await Promise.all([0, 1, 0, 1].map((n) => processes[n]!.workflows.publishDraft(request)));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    await processes[0]!.drafts.save(draft(name, says(name, 2, '2.0.0')));
    const { replayed: _, ...first } = answers[0]!;
    expect(await processes[1]!.workflows.publishDraft(request)).toEqual({ ...first, replayed: true });
    const other = { ...request, version: '4.0.0' };
    await expect(processes[0]!.workflows.publishDraft(other)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });
});

describe('rolling back', () => {
  async function twoVersions() {
    const { workflows, ...rest } = aProcess();
    const name = aName();
    await workflows.publish(publication(says(name, 1)));
    await workflows.publish(publication(says(name, 2, '2.0.0')));
    return { name, workflows, ...rest };
  }

  it('makes an earlier version current again, and a later one after it; each is written down and told', async () => {
    const { name, workflows, resolver } = await twoVersions();
    await workflows.rollBack(toRollBack(name, '1.0.0', { reason: 'it lost orders' }));
    expect(await resolver.resolveForStart(tenantId, name)).toMatchObject({ version: '1.0.0' });
    await workflows.rollBack(toRollBack(name, '2.0.0'));
    expect(await resolver.resolveForStart(tenantId, name)).toMatchObject({ version: '2.0.0' });
    const all = await workflows.listPublications(tenantId, name, { before: null, limit: 10 });
    expect(
      all.map(({ kind, version, fromVersion, reason, madeBy }) => [kind, version, fromVersion, reason, madeBy]),
    ).toEqual([
      ['rollback', '2.0.0', '1.0.0', '', by],
      ['rollback', '1.0.0', '2.0.0', 'it lost orders', by],
      ['publish', '2.0.0', '1.0.0', '', by],
      ['publish', '1.0.0', null, '', by],
    ]);
    const told = await test.database.query<{ payload: string }>(
      { role: 'owner' },
      sql`select payload from outbox where type = 'workflow.rolled_back' and payload like ${`%"${name}"%`} order by id`,
    );
    expect(told.map(({ payload }) => JSON.parse(payload).version)).toEqual(['1.0.0', '2.0.0']);
  });

  it('to where it is already changes and tells nothing; to a version that is not there is refused', async () => {
    const { name, workflows } = await twoVersions();
    await workflows.rollBack(toRollBack(name, '2.0.0', { ifMatch: '"any"' }));
    await expect(workflows.rollBack(toRollBack(name, '1.0.1'))).rejects.toMatchObject({
      code: 'not_found',
      errors: [{ pointer: '/version', suggestion: '1.0.0' }],
    });
    expect(await workflows.listPublications(tenantId, name, { before: null, limit: 10 })).toHaveLength(2);
  });

  it('and publishing at once leave one of them current, which the last line of the list names', async () => {
    const { name, workflows } = await twoVersions();
    for (let round = 3; round < 9; round++) {
      await Promise.all([
        workflows.rollBack(toRollBack(name, '1.0.0')),
        workflows.publish(publication(says(name, round, `${round}.0.0`))),
      ]);
      const { version } = await workflows.find(tenantId, name);
      const [last] = await workflows.listPublications(tenantId, name, { before: null, limit: 1 });
      expect(last?.version).toBe(version);
    }
  });

  it('of two from the same state one is refused', async () => {
    const { name, workflows } = await twoVersions();
    await workflows.publish(publication(says(name, 3, '3.0.0')));
    const ifMatch = workflowEtag(await workflows.find(tenantId, name));
    const settled = await Promise.allSettled(
      ['1.0.0', '2.0.0'].map((version) => workflows.rollBack(toRollBack(name, version, { ifMatch }))),
    );
    expect(outcomes(settled)).toEqual(['done', 'precondition_failed']);
  });

  it('is not undone by publishing the draft again: that is refused, and says what to do', async () => {
    const { workflows, drafts } = aProcess();
    const name = aName();
    await workflows.publish(publication(says(name, 1)));
    await drafts.save(draft(name, says(name, 2, '2.0.0')));
    await workflows.publishDraft(toPublish(name));
    await workflows.rollBack(toRollBack(name, '1.0.0'));
    await expect(workflows.publishDraft(toPublish(name))).rejects.toMatchObject({
      code: 'version_exists',
      errors: [{ message: expect.stringContaining('rollback') }],
    });
  });
});
