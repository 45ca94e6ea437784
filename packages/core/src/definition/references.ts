/** Whether what an expression refers to can exist: steps, fields of steps, variables, fields of a closed input schema. */
import type { Reference } from '../expression/expression.ts';
import { isJsonObject, type Json } from '../json.ts';
import { isCredentialName } from './credential-names.ts';
import type { Graph } from './graph.ts';
import type { ErrorCode } from './issue-codes.ts';
import type { IssueInput, Issues } from './issues.ts';
import { compilePattern } from './json-schema/pattern.ts';
import { resolveReference } from './json-schema/reference.ts';
import type { LaidStep, Layout } from './layout.ts';
import { loopType } from './types/loop.ts';
import { switchType } from './types/switch.ts';
import { blocksAround, canSee, holderInSight, seesWholeTop, type View } from './view.ts';

export type World = {
  readonly layout: Layout;
  readonly graph: Graph;
  /** All names that `variables` or some `set_variables` gives. */
  readonly variables: ReadonlySet<string>;
  readonly inputSchema: Json | undefined;
  readonly suggest: Issues['suggest'];
};

type Finding = Omit<IssueInput<ErrorCode>, 'pointer'>;

/** Names whose fields are always the same. Fields of `steps`, `vars` and `input` are a matter of the document. */
const fieldsOfNames: ReadonlyMap<string, readonly string[]> = new Map([
  ['loop', ['index', 'previous']],
  ['error', ['step', 'code', 'message', 'details']],
  ['execution', ['id', 'started_at', 'attempt']],
  ['workflow', ['id', 'version']],
  ['tenant', ['id']],
  ['signal', ['name', 'payload', 'received_at']],
  ['arrival', ['index', 'step', 'output', 'outputs']],
]);

const stepFields = ['output', 'status', 'error', 'attempts', 'started_at', 'finished_at'];

/** What is certainly wrong with a reference, or undefined. */
export function referenceProblem(reference: Reference, view: View, world: World): Finding | undefined {
  switch (reference.name) {
    case 'steps':
      return stepProblem(reference, view, world);
    case 'vars':
      return variableProblem(reference, world);
    case 'input':
      return reference.optional ? undefined : inputProblem(reference, world);
    case 'secrets':
      return secretProblem(reference);
    default:
      return fieldOfNameProblem(reference, world);
  }
}

function fieldOfNameProblem({ name, path, position, optional }: Reference, { suggest }: World): Finding | undefined {
  const known = fieldsOfNames.get(name);
  const [field] = path;
  if (known === undefined || typeof field !== 'string' || optional || known.includes(field)) return undefined;
  const suggestion = suggest(field, () => known);
  const hint = suggestion === undefined ? `it has ${known.join(', ')}` : `did you mean \`${suggestion}\`?`;
  return {
    code: 'unknown_name_field',
    position,
    message: `\`${name}\` has no field \`${field.slice(0, 60)}\`; ${hint}`,
    suggestion,
  };
}

function secretProblem({ path, position }: Reference): Finding | undefined {
  const [name] = path;
  if (typeof name === 'string' && isCredentialName(name)) return undefined;
  const message = 'name one credential with a constant: letters, digits, `_` and `-`, as in `secrets.API_KEY`';
  return { code: 'invalid_credential_name', position, message };
}

function stepProblem({ path, position }: Reference, view: View, world: World): Finding | undefined {
  const [id, field] = path;
  if (typeof id !== 'string') {
    if (seesWholeTop(view, world.layout)) return undefined;
    return {
      code: 'dynamic_step_reference',
      position,
      message:
        'name the step with a constant, as in `steps.a` or `steps["a-b"]`, so that it can be seen that it ends before this one starts',
    };
  }
  const index = world.layout.byId.get(id);
  const target = index === undefined ? undefined : world.layout.steps[index];
  if (target === undefined || world.layout.blocks[target.block]?.kind === 'compensation')
    return unknownStep(id, position, world);
  if (!canSee(view, target, world)) return notAnAncestor(target, position, { view, world });
  return fieldProblem(target, field, { position, world });
}

function unknownStep(id: string, position: number, { layout, suggest }: World): Finding {
  const suggestion = suggest(id, () => [...layout.byId.keys()].filter((each) => !each.includes('.')));
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  return { code: 'unknown_step', position, message: `there is no step \`${id.slice(0, 128)}\`${hint}`, suggestion };
}

function notAnAncestor(target: LaidStep, position: number, { view, world }: { view: View; world: World }): Finding {
  const code = 'step_not_ended';
  const { id } = target;
  if (target.index === view.step)
    return { code, position, message: `\`${id}\` is this step itself; in \`output\`, \`result\` is its raw result` };
  const holder = holderInSight(view, target, world.layout);
  if (holder === undefined)
    return { code, position, message: `\`${id}\` stands in a part of the workflow that cannot be seen from here` };
  if (holds(target, view, world.layout)) return { code, position, message: stillRunning(target) };
  const isAroundUs = holder.index === view.step || holds(holder, view, world.layout);
  if (isAroundUs && holder.index !== target.index)
    return {
      code,
      position,
      message: `\`${id}\` stands in a block of \`${holder.id}\` that has not ended where this is evaluated`,
    };
  if (holder.index !== target.index) {
    return {
      code,
      position,
      message: `\`${id}\` stands inside \`${holder.id}\`, whose output is all that is seen of it from outside: use \`steps["${holder.id}"].output\``,
      suggestion: holder.id,
    };
  }
  return { code, position, message: `\`${id}\` may not have ended when this is evaluated; add it to \`depends_on\`` };
}

function holds(step: LaidStep, { block }: View, layout: Layout): boolean {
  return block !== null && blocksAround(block, layout).some(({ owner }) => owner === step.index);
}

function stillRunning({ id, type }: LaidStep): string {
  const isLoop = 'control' in type && type.control === loopType;
  const hint = isLoop ? '; `loop.previous` is the output of the round before' : '';
  return `\`${id}\` holds this, so it has not ended yet${hint}`;
}

function fieldProblem(
  target: LaidStep,
  field: string | number | undefined,
  { position, world }: { position: number; world: World },
): Finding | undefined {
  if (field === undefined) return undefined;
  const isSwitch = 'control' in target.type && target.type.control === switchType;
  const known = isSwitch ? [...stepFields, 'case'] : stepFields;
  if (typeof field === 'string' && known.includes(field)) return undefined;
  const suggestion = world.suggest(String(field), () => known);
  const hint =
    suggestion === undefined
      ? `a step has ${known.join(', ')}; what it returned is in \`output\``
      : `did you mean \`${suggestion}\`?`;
  return {
    code: 'unknown_step_field',
    position,
    message: `a step has no field \`${String(field).slice(0, 60)}\`; ${hint}`,
    suggestion,
  };
}

function variableProblem({ path, position, optional }: Reference, { variables, suggest }: World): Finding | undefined {
  const [name] = path;
  if (typeof name !== 'string' || optional || variables.has(name)) return undefined;
  const suggestion = suggest(name, () => variables);
  const hint =
    suggestion === undefined
      ? 'give it a first value in `variables`, or write it with `set_variables`'
      : `did you mean \`${suggestion}\`?`;
  return {
    code: 'unknown_variable',
    position,
    message: `nothing writes the variable \`${name.slice(0, 60)}\`; ${hint}`,
    suggestion,
  };
}

/** Only what is certain: each schema on the way says by itself that the field cannot be there. */
function inputProblem({ path, position }: Reference, { inputSchema, suggest }: World): Finding | undefined {
  let schema: Json | undefined = inputSchema;
  for (const key of path) {
    schema = followReferences(schema, inputSchema);
    if (!isJsonObject(schema)) return undefined;
    if (typeof key === 'number') {
      const prefix: readonly Json[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
      schema = prefix[key] ?? schema.items;
      continue;
    }
    const properties = isJsonObject(schema.properties) ? schema.properties : {};
    if (Object.hasOwn(properties, key)) schema = properties[key];
    else if (isClosedTo(key, schema))
      return unknownInput(
        key,
        position,
        suggest(key, () => Object.keys(properties)),
      );
    else return undefined;
  }
  return undefined;
}

function isClosedTo(key: string, schema: { readonly [key: string]: Json }): boolean {
  if (schema.additionalProperties !== false) return false;
  const patterns = isJsonObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : [];
  return !patterns.some((source) => {
    const pattern = compilePattern(source);
    return 'problem' in pattern || pattern.test(key);
  });
}

function followReferences(schema: Json | undefined, root: Json | undefined): Json | undefined {
  let at = schema;
  for (
    let hops = 0;
    hops < 20 && isJsonObject(at) && typeof at.$ref === 'string' && at.properties === undefined;
    hops++
  ) {
    at = resolveReference(root ?? true, at.$ref);
  }
  return at;
}

function unknownInput(key: string, position: number, suggestion: string | undefined): Finding {
  const hint = suggestion === undefined ? '' : `; did you mean \`${suggestion}\`?`;
  return {
    code: 'unknown_input_field',
    position,
    message: `\`input_schema\` allows no field \`${key.slice(0, 60)}\`${hint}`,
    suggestion,
  };
}
