/** Operations that a tenant registers under a name: steps of that id run them, and no workflow holds their SQL. */
import { compileSchema } from '@cloudflow/core/definition/json-schema/compile-schema.ts';
import type { RegisteredOperation } from '../action/index.ts';
import type { Database } from '../kernel/db/database.ts';
import { type ProblemError, problem } from '../kernel/errors/problem.ts';
import * as store from './store.ts';

export type OperationRecord = RegisteredOperation & Pick<store.OperationRow, 'name' | 'createdAt' | 'updatedAt'>;

export type RegisteredOperations = ReturnType<typeof createRegisteredOperations>;

const MOST_OPERATIONS = 10_000;

export function createRegisteredOperations(database: Database) {
  return {
    /** Makes it, or puts it in the place of the one that was there: what runs from now on runs this. */
    async put(
      { tenantId, principalId }: { readonly tenantId: string; readonly principalId: string },
      name: string,
      operation: RegisteredOperation,
    ): Promise<OperationRecord> {
      mustFit(operation);
      const row = await database.transaction({ role: 'app', tenantId }, async (tx) => {
        if ((await store.countOtherOperations(tx, tenantId, name)) >= MOST_OPERATIONS)
          throw problem('conflict', { detail: `A tenant may have ${MOST_OPERATIONS} registered operations.` });
        return store.putOperation(tx, tenantId, {
          name,
          definition: JSON.stringify(operation),
          updatedBy: principalId,
        });
      });
      if (!row) throw problem('not_found');
      return record(row);
    },

    async list(
      tenantId: string,
      page: Parameters<typeof store.listOperations>[2],
    ): Promise<readonly OperationRecord[]> {
      return (await store.listOperations(database, tenantId, page)).map(record);
    },

    /** Undefined when there is none of this name. */
    async find(tenantId: string, name: string): Promise<OperationRecord | undefined> {
      const row = await store.findOperation(database, tenantId, name);
      return row && record(row);
    },

    async remove(tenantId: string, name: string): Promise<void> {
      const removed = await database.transaction({ role: 'app', tenantId }, (tx) =>
        store.removeOperation(tx, tenantId, name),
      );
      if (!removed) throw problem('not_found');
    },

    /** Of these names those that do not exist. */
    async missing(tenantId: string, names: readonly string[]): Promise<readonly string[]> {
      const known = new Set(await store.knownOperations(database, tenantId, names));
      return names.filter((name) => !known.has(name));
    },
  };
}

function record({ definition, ...facts }: store.OperationRow): OperationRecord {
  return { ...(JSON.parse(definition) as RegisteredOperation), ...facts };
}

function mustFit({ operation, sql, params, parameters }: RegisteredOperation): void {
  const errors: ProblemError[] = [];
  const add = (pointer: string, code: string, message: string) => errors.push({ pointer, code, message });
  const statements = typeof sql === 'string' ? 1 : sql.length;
  if (typeof sql !== 'string' && operation !== 'transaction')
    add('/sql', 'wrong_type', 'only a `transaction` takes a list');
  if (typeof sql !== 'string' && params.length > statements)
    add('/params', 'too_long', 'has more lists than statements');
  params.forEach((each, place) => {
    if ((typeof each === 'string') !== (typeof sql === 'string'))
      add(`/params/${place}`, 'wrong_type', 'one statement takes names, a list of statements a list of names for each');
    for (const name of typeof each === 'string' ? [each] : each)
      if (!Object.hasOwn(parameters, name))
        add(`/params/${place}`, 'unknown_name', `there is no parameter \`${name}\``);
  });
  for (const [name, { schema }] of Object.entries(parameters)) {
    const compiled = compileSchema(schema);
    if ('problems' in compiled)
      for (const { pointer, code, message } of compiled.problems)
        add(`/parameters/${name}/schema${pointer}`, code, message);
  }
  if (errors.length > 0)
    throw problem('invalid_body', {
      detail: `The operation does not fit: ${errors[0]?.message}`,
      errors: errors.slice(0, 50),
    });
}
