/** The types of steps that a tenant can use: those of the server, and its own, which its workers declare. */
import { compileSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { ActionShape } from '@cloudflow/core/definition/plan.ts';
import { controlTypeNames } from '@cloudflow/core/definition/types/index.ts';
import type { Json, JsonObject } from '@cloudflow/core/json.ts';
import type { ActionRegistry } from '../action/index.ts';
import { digestOf } from '../kernel/crypto/digest.ts';
import type { Database } from '../kernel/db/database.ts';
import { type ProblemError, problem } from '../kernel/errors/problem.ts';
import { controlEntries } from './control-entries.ts';
import * as store from './store.ts';

/** As a worker declares it, and as it is stored. */
export type Declaration = {
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly configSchema: Json;
  readonly outputSchema: Json;
  readonly errors: readonly { readonly code: string; readonly description: string; readonly retryable: string }[];
  readonly defaultTimeoutMs: number;
  readonly effect: 'external' | 'none';
};

export type RegisteredType = Omit<Declaration, 'outputSchema' | 'defaultTimeoutMs'> & {
  readonly type: string;
  readonly aliases: readonly string[];
  /** `control`: a part of the language, which holds other steps, waits, or works with values. */
  readonly kind: 'control' | 'action';
  readonly category: string;
  /** Name of an icon. */
  readonly icon: string;
  /** Null: it depends on what the step holds. */
  readonly outputSchema: Json | null;
  /** Null: it has no tries. */
  readonly defaultTimeoutMs: number | null;
  readonly runsOn: 'server' | 'worker';
  readonly lastAskedAt: Date | null;
};

export type TypeFilter = { readonly kind?: RegisteredType['kind']; readonly category?: string };

export type Registry = ReturnType<typeof createRegistry>;

export type RegistryDeps = { readonly database: Database; readonly builtIn: ActionRegistry };

const MOST_TYPES = 1_000;
const MOST_VERSIONS = 1_000;
/** A claim notes that its types are asked for at most so often. */
const NOTE_EVERY_MS = 10_000;
const MOST_NOTED = 10_000;

export function createRegistry({ database, builtIn }: RegistryDeps) {
  const server = new Map([...controlEntries(), ...builtIn.all().map(serverType)].map((each) => [each.type, each]));
  const byAlias = new Map([...server.values()].flatMap((each) => each.aliases.map((alias) => [alias, each])));
  const noted = new Map<string, number>();

  return {
    async list(tenantId: string, { kind, category }: TypeFilter = {}): Promise<readonly RegisteredType[]> {
      const own = (await store.currentActions(database, tenantId)).map(workerType);
      return [...server.values(), ...own]
        .filter((each) => (kind ?? each.kind) === each.kind && (category ?? each.category) === each.category)
        .sort((a, b) => (a.type < b.type ? -1 : 1));
    },

    async find(tenantId: string, type: string): Promise<RegisteredType> {
      const builtIn = server.get(type) ?? byAlias.get(type);
      const [own] = builtIn ? [] : await store.currentActions(database, tenantId, type);
      const found = builtIn ?? (own && workerType(own));
      if (found === undefined) throw problem('not_found', { detail: `There is no action ${type}.` });
      return found;
    },

    /** Again the same is no error: every worker declares what it runs when it starts. */
    async declare(tenantId: string, type: string, declaration: Declaration): Promise<RegisteredType> {
      if (server.has(type) || controlTypeNames.includes(type))
        throw problem('conflict', { detail: `The type ${type} is one of the server's own; choose another name.` });
      mustBeSchemas(declaration);
      const { title: _, description: __, ...frozen } = declaration;
      const digest = digestOf(frozen as unknown as JsonObject);
      const { version } = declaration;
      const row = await database.transaction({ role: 'app', tenantId }, async (tx) => {
        const others = await store.countOthers(tx, tenantId, { type, version });
        if (others.types >= MOST_TYPES)
          throw problem('conflict', { detail: `A tenant may have ${MOST_TYPES} types of its own.` });
        if (others.versions >= MOST_VERSIONS)
          throw problem('conflict', { detail: `A type may have ${MOST_VERSIONS} versions: choose another type.` });
        return store.insertAction(tx, tenantId, { type, version, digest, declaration: JSON.stringify(declaration) });
      });
      if (row === undefined || !row.digest.equals(digest))
        throw problem('version_exists', {
          detail: `Version ${version} of ${type} was declared with another content: raise the version.`,
          errors: [{ pointer: '/version', code: 'version_exists', message: 'This version was declared otherwise.' }],
        });
      return workerType(row);
    },

    /** The tenant's own, for `compile`. */
    async shapes(tenantId: string): Promise<readonly ActionShape[]> {
      const rows = await store.currentActions(database, tenantId);
      return rows.map((row) => {
        const { configSchema, defaultTimeoutMs } = declarationOf(row);
        return { type: row.type, configSchema, defaultTimeoutMs, byWorker: true };
      });
    },

    /** Workers ask for tasks of these types. Never throws: it is for people to look at. */
    async noteAsked(tenantId: string, types: readonly string[]): Promise<void> {
      const now = performance.now();
      const due = types.filter((type) => (noted.get(`${tenantId} ${type}`) ?? -NOTE_EVERY_MS) + NOTE_EVERY_MS <= now);
      if (due.length === 0) return;
      if (noted.size > MOST_NOTED) noted.clear();
      for (const type of due) noted.set(`${tenantId} ${type}`, now);
      await database
        .transaction({ role: 'app', tenantId }, (tx) => store.noteAsked(tx, tenantId, due))
        .catch(() => undefined);
    },

    /** When workers last asked for tasks of each of these types: what explains a wait for one. */
    async lastAsked(tenantId: string): Promise<JsonObject> {
      const rows = await store.currentActions(database, tenantId);
      return Object.fromEntries(
        rows.map(({ type, askedAt }) => [type, { last_asked_at: askedAt?.toISOString() ?? null }]),
      );
    },
  };
}

function declarationOf({ declaration }: store.DeclaredRow): Declaration {
  return JSON.parse(declaration) as Declaration;
}

function workerType(row: store.DeclaredRow): RegisteredType {
  const { type, askedAt } = row;
  const shown = { aliases: [], kind: 'action', category: 'worker', icon: 'hard-hat' } as const;
  return { type, ...shown, ...declarationOf(row), runsOn: 'worker', lastAskedAt: askedAt };
}

function serverType({
  type,
  action,
  configSchema,
  defaultTimeoutMs,
}: ReturnType<ActionRegistry['all']>[number]): RegisteredType {
  const { title, description, version, errors, effect } = action;
  const outputSchema = JSON.parse(JSON.stringify(action.output)) as Json;
  const { category = 'other', icon = iconOf(type) } = action;
  const common = { type, title, description, version, errors, effect, configSchema, outputSchema, defaultTimeoutMs };
  return { ...common, category, icon, aliases: [], kind: 'action', runsOn: 'server', lastAskedAt: null };
}

/** That of its connector: `slack.post-message` has `slack`. */
function iconOf(type: string): string {
  const end = type.indexOf('.');
  return end < 0 ? 'plug' : type.slice(0, end);
}

function mustBeSchemas({ configSchema, outputSchema }: Declaration): void {
  const errors: ProblemError[] = [];
  for (const [name, schema] of [
    ['config_schema', configSchema],
    ['output_schema', outputSchema],
  ] as const) {
    const compiled = compileSchema(schema);
    if ('problems' in compiled)
      for (const { pointer, message, code } of compiled.problems)
        errors.push({ pointer: `/${name}${pointer}`, code, message });
  }
  if (errors.length > 0)
    throw problem('invalid_body', {
      detail: `A schema is not valid: ${errors[0]?.message}`,
      errors: errors.slice(0, 50),
    });
}
