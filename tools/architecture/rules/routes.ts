/**
 * Routes are data in routes.ts: each is made by `route({ … })` and says in plain sight who may call it. Only there, in the
 * gateway and in kernel/http is HTTP known.
 */
import type { Node, ObjectExpression } from 'oxc-parser';
import type { SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

const HTTP_LIBRARY = /^(fastify$|@fastify\/)/;
const HTTP_SERVER = /^(node:)?(http|https|http2)$/;

export function checkRoutes(file: SourceFile): Violation[] {
  if (file.place.workspace !== 'server' || file.place.isTest) return [];
  return [...checkDeclarations(file), ...checkHttpWords(file)];
}

function checkDeclarations(file: SourceFile): Violation[] {
  const constants = objectConstants(file);
  const found: Violation[] = [];
  file.walk((node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'route') return;
    const message = refusal(file, node.arguments[0], constants);
    if (message !== undefined) found.push({ path: file.path, line: file.lineOf(node), message });
  });
  return found;
}

/** By name, all of them: two functions may each have a constant of the same name. */
type Constants = ReadonlyMap<string, readonly ObjectExpression[]>;

function refusal(file: SourceFile, route: Node | undefined, constants: Constants): string | undefined {
  if (!knowsHttp(file)) return 'declares a route: routes are in routes.ts';
  if (route?.type !== 'ObjectExpression')
    return 'declares a route that is not written out, so nobody sees who may call it';
  return declaresAuth(route, constants)
    ? undefined
    : "declares a route without `auth`: say who may call it, and if everybody may, `auth: 'public'`";
}

/** Several routes may share a constant of the same file by `...constant`; what comes from elsewhere is not in sight. */
function declaresAuth(object: ObjectExpression, constants: Constants): boolean {
  return object.properties.some((each) => {
    if (each.type === 'Property') return each.key.type === 'Identifier' && each.key.name === 'auth';
    const shared = each.argument.type === 'Identifier' ? constants.get(each.argument.name) : undefined;
    return shared?.every((constant) => declaresAuth(constant, constants)) ?? false;
  });
}

function objectConstants(file: SourceFile): Constants {
  const constants = new Map<string, ObjectExpression[]>();
  file.walk((node, parent) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return;
    if (parent?.type !== 'VariableDeclaration' || parent.kind !== 'const' || node.init === null) return;
    const value = node.init.type === 'TSAsExpression' ? node.init.expression : node.init;
    if (value.type !== 'ObjectExpression') return;
    constants.set(node.id.name, [...(constants.get(node.id.name) ?? []), value]);
  });
  return constants;
}

function checkHttpWords(file: SourceFile): Violation[] {
  if (knowsHttp(file)) return [];
  return file.imports
    .filter(({ specifier, values }) => {
      const listens =
        HTTP_SERVER.test(specifier) && values.some((name) => name === 'createServer' || name === 'Server');
      return HTTP_LIBRARY.test(specifier) || listens;
    })
    .map(({ specifier, line }) => ({
      path: file.path,
      line,
      message: `imports ${specifier}: only routes.ts, the gateway and kernel/http know HTTP`,
    }));
}

function knowsHttp({ path, place: { server } }: SourceFile): boolean {
  if (server?.layer === 'kernel') return server.part === 'http';
  if (server?.layer !== 'service') return false;
  return server.service === 'gateway' || /\/routes(\.ts|\/[^/]+\.ts)$/.test(path);
}
