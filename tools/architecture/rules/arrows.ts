/**
 * The dependency rule of ARCHITECTURE.md:
 *
 *     core <- sdk <- connectors
 *     core <- server/kernel <- server/<service> <- server/compose <- server/main
 *     core <- sdk <- cli -> server/main, server/compose/test-bench
 *     a service -> another service only through its index.ts
 */
import type { ServerPlace } from '../place.ts';
import { placeOf } from '../place.ts';
import type { Import, SourceFile } from '../source-file.ts';
import type { Violation } from '../violation.ts';

/** The workspaces that each workspace may import, itself included. */
const WORKSPACES: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  sdk: ['core', 'sdk'],
  connectors: ['core', 'sdk', 'connectors'],
  server: ['core', 'sdk', 'connectors', 'server'],
  web: ['core', 'web'],
  cli: ['core', 'sdk', 'cli', 'server'],
};

/** The libraries that core may import: pure, and the same in the browser. Another one is a line here, and an ADR. */
const PURE_LIBRARIES = ['typebox', 're2js', '@noble/hashes'];

/** What a connector may have of Node: the rest (network, files, processes) goes through its context. */
const NODE_IN_CONNECTORS = ['node:buffer', 'node:crypto', 'node:stream', 'node:url', 'node:util'];

/** Of the SDK what browsers and edge runtimes load as it is: it stands on the language and the web, and on nothing else. */
const RUNS_EVERYWHERE = /^packages\/sdk\/src\/(client|webhook)\//;
const RUNS_EVERYWHERE_REFUSAL = 'it runs in browsers, too, so it may use its own folder only';

export function checkArrows(file: SourceFile): Violation[] {
  return file.imports.flatMap((each) => {
    const reason = refusal(file, each);
    const message = `imports ${each.specifier}: ${reason}`;
    return reason === undefined ? [] : [{ path: file.path, line: each.line, message }];
  });
}

function refusal(file: SourceFile, each: Import): string | undefined {
  if (!(file.place.workspace in WORKSPACES)) return undefined;
  return each.target === undefined ? packageRefusal(file, each.specifier) : fileRefusal(file, each, each.target);
}

function packageRefusal({ path, place }: SourceFile, specifier: string): string | undefined {
  if (place.isTest) return undefined;
  if (RUNS_EVERYWHERE.test(path)) return RUNS_EVERYWHERE_REFUSAL;
  const isOneOf = (names: readonly string[]) =>
    names.some((name) => specifier === name || specifier.startsWith(`${name}/`));
  if (place.workspace === 'core' && !isOneOf(PURE_LIBRARIES))
    return `core is pure and may import ${PURE_LIBRARIES.join(', ')} only, so hand the value in from outside`;
  if (place.workspace === 'connectors' && specifier.startsWith('node:') && !NODE_IN_CONNECTORS.includes(specifier))
    return 'a connector reaches the world through its context only (ctx.http), so that guards, limits and logs apply';
  return undefined;
}

function fileRefusal(file: SourceFile, each: Import, target: string): string | undefined {
  const to = placeOf(target);
  if (!(WORKSPACES[file.place.workspace] ?? []).includes(to.workspace))
    return `the arrows say ${allowed(file.place.workspace)}, so ${to.workspace} is out of reach here`;
  if (to.isTest && !file.place.isTest) return 'production code never imports test code';
  const everywhere = file.place.isTest ? undefined : RUNS_EVERYWHERE.exec(file.path)?.[0];
  if (everywhere !== undefined && !target.startsWith(everywhere)) return RUNS_EVERYWHERE_REFUSAL;
  if (file.place.connector !== undefined && to.connector !== undefined && file.place.connector !== to.connector)
    return 'a connector stands alone: it may use the SDK and its own folder';
  if (file.place.workspace === 'cli' && to.workspace === 'server') return cliRefusal(file, target);
  if (file.place.server && to.server) return serverRefusal(file, file.place.server, { each, target, to: to.server });
  return to.workspace === 'connectors' ? connectorsRefusal(file) : undefined;
}

/** The command line is a client like any other, but that it can become the server, and runs test cases without one. */
const OF_THE_SERVER_TO_CLI = ['packages/server/src/main.ts', 'packages/server/src/compose/test-bench.ts'];

function cliRefusal({ place }: SourceFile, target: string): string | undefined {
  return place.isTest || OF_THE_SERVER_TO_CLI.includes(target)
    ? undefined
    : 'the command line runs the server by its main, and asks everything else of its API';
}

/** The services know actions by what the SDK says of them; which ones there are is known in one place. */
function connectorsRefusal({ place }: SourceFile): string | undefined {
  const isActionService = place.server?.layer === 'service' && place.server.service === 'action';
  return place.workspace !== 'server' || place.isTest || isActionService
    ? undefined
    : 'only the action service knows which connectors there are, so ask its registry';
}

function allowed(workspace: string): string {
  return `${workspace} may import ${(WORKSPACES[workspace] ?? []).join(', ')}`;
}

function isTop(file: SourceFile, name: string): boolean {
  return file.place.server?.layer === 'top' && file.place.server.file === name;
}

type ServerImport = { readonly each: Import; readonly target: string; readonly to: ServerPlace };

function serverRefusal(file: SourceFile, from: ServerPlace, { each, target, to }: ServerImport): string | undefined {
  if (to.layer === 'kernel') return adapterRefusal(file, target);
  if (from.layer === 'kernel') return 'the kernel knows no service and nothing above it, so what it needs is handed in';
  if (from.layer === 'service') return serviceRefusal(file, from.service, { each, target, to });
  return topRefusal(from.file, to);
}

function serviceRefusal(file: SourceFile, service: string, { each, target, to }: ServerImport): string | undefined {
  if (to.layer === 'top')
    return file.place.isTest ? undefined : `${target} is above the services: it hands things to them`;
  if (to.layer !== 'service' || to.service === service) return undefined;
  if (target !== `packages/server/src/${to.service}/index.ts`)
    return `${to.service} has one front door, so import ${to.service}/index.ts`;
  const made = each.values.find((name) => /^create[A-Z]/.test(name));
  return made === undefined || file.place.isTest
    ? undefined
    : `only compose.ts constructs services, so take what ${made} makes as an argument`;
}

/** main reads the configuration and starts what compose made; it wires nothing itself. */
function topRefusal(from: string, to: ServerPlace): string | undefined {
  if (to.layer === 'service')
    return from === 'compose.ts' ? undefined : 'only compose.ts, and the folder compose/ beside it, know the services';
  if (to.layer !== 'top') return undefined;
  if (to.file === 'main.ts') return 'main.ts is the end of all arrows';
  const mayCompose = from === 'main.ts' || from === 'compose.ts';
  return to.file === 'compose.ts' && !mayCompose ? 'only main.ts calls compose.ts' : undefined;
}

const ADAPTER = /^packages\/server\/src\/kernel\/([^/]+)\/(redis|kafka|s3|vault|elasticsearch)[^/]*\.ts$/;

/** Default adapters may be named by anybody in the kernel; those of outside servers are chosen in one place. */
function adapterRefusal(file: SourceFile, target: string): string | undefined {
  const adapter = ADAPTER.exec(target);
  if (!adapter || file.place.isTest || isTop(file, 'compose.ts')) return undefined;
  const own = ADAPTER.exec(file.path);
  if (own && own[1] === adapter[1] && own[2] === adapter[2]) return undefined;
  return `only compose.ts chooses adapters, so depend on the contract of kernel/${adapter[1]}`;
}
