/** JSON whose strings hold `${ }`: compiled once, then filled in. Keys are data and are never evaluated. */
import type { Json } from '../json.ts';
import { type Pool, spend, stepsPerTemplate } from './budget.ts';
import type {
  CompiledTemplate,
  ExpressionOptions,
  Scope,
  StaticType,
  TemplateIssue,
  TemplateReference,
} from './expression.ts';
import { compileText } from './template-text.ts';
import { setOwn, typeOf } from './value.ts';

/** How deep a template may be nested. */
const deepestTemplate = 200;

/** Compiles a value; all issues are found in one go, each with the pointer of its string. */
export function compileTemplate(value: Json, options: ExpressionOptions): CompiledTemplate {
  const compilation: Compilation = { options, issues: [], references: [], volatile: false };
  const part = compileValue(compilation, value, { pointer: '', depth: 0 });
  const { issues, references, volatile } = compilation;
  if (issues.length > 0) return { issues };
  if ('constant' in part) {
    const { constant } = part;
    return { ok: { references, volatile, constant: true, type: typeOf(constant), evaluate: () => constant } };
  }
  const evaluate = (scope: Scope) => spend<Pool, Json>({ scope, left: stepsPerTemplate }, (pool) => part.fill(pool));
  return { ok: { references, volatile, constant: false, type: part.type, evaluate } };
}

/** What a value of the template compiles to: itself, or something to fill in. */
export type TemplatePart = { readonly constant: Json } | { readonly type: StaticType; fill(pool: Pool): Json };

export type Compilation = {
  readonly options: ExpressionOptions;
  readonly issues: TemplateIssue[];
  readonly references: TemplateReference[];
  volatile: boolean;
};

type Place = { readonly pointer: string; readonly depth: number };

function compileValue(compilation: Compilation, value: Json, { pointer, depth }: Place): TemplatePart {
  if (typeof value === 'string') return compileText(compilation, value, pointer);
  if (typeof value !== 'object' || value === null) return { constant: value };
  if (depth >= deepestTemplate) {
    const message = `a value nested deeper than ${deepestTemplate}`;
    compilation.issues.push({ code: 'expression_syntax', message, position: 0, pointer });
    return { constant: null };
  }
  const at = (key: string) => ({
    pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    depth: depth + 1,
  });
  if (Array.isArray(value)) {
    const list: readonly Json[] = value;
    return listPart(
      list,
      list.map((item, index) => compileValue(compilation, item, at(String(index)))),
    );
  }
  const map = value as { readonly [key: string]: Json };
  return mapPart(
    map,
    Object.keys(map).map((key) => [key, compileValue(compilation, map[key] ?? null, at(key))]),
  );
}

function listPart(list: readonly Json[], parts: readonly TemplatePart[]): TemplatePart {
  if (!parts.every((part) => 'constant' in part))
    return { type: 'list', fill: (pool) => parts.map((part) => filled(part, pool)) };
  // Only `$${` makes a constant differ from what is written.
  const isSame = parts.every((part, index) => part.constant === list[index]);
  return { constant: isSame ? list : parts.map((part) => part.constant) };
}

function mapPart(
  map: { readonly [key: string]: Json },
  parts: readonly (readonly [string, TemplatePart])[],
): TemplatePart {
  const build = (valueFor: (part: TemplatePart) => Json): Json => {
    const result: { [key: string]: Json } = {};
    for (const [key, part] of parts) setOwn(result, key, valueFor(part));
    return result;
  };
  if (!parts.every(([, part]) => 'constant' in part))
    return { type: 'map', fill: (pool) => build((part) => filled(part, pool)) };
  const isSame = parts.every(([key, part]) => 'constant' in part && part.constant === map[key]);
  return { constant: isSame ? map : build((part) => ('constant' in part ? part.constant : null)) };
}

function filled(part: TemplatePart, pool: Pool): Json {
  return 'constant' in part ? part.constant : part.fill(pool);
}
