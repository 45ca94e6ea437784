/** The package.json of a published package, from the one of its workspace. */
import type { Published } from './packages.ts';

type Exports = Readonly<Record<string, string>>;

export type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly type: 'module';
  readonly exports?: Exports;
  readonly bin?: Exports;
  readonly dependencies?: Exports;
  readonly optionalDependencies?: Exports;
};

export type Target = { readonly types: string; readonly default: string };

/** All that is not named here (scripts, devDependencies, private) stays at home. */
export function publishedManifest(source: Manifest, { node, isPure, folders }: Published): object {
  const { name, version, description, license, type, exports, bin, dependencies, optionalDependencies } = source;
  for (const [of, wanted] of Object.entries({ ...dependencies, ...optionalDependencies }))
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(wanted))
      throw new Error(`${name} depends on ${of} ${wanted}: not one version`);
  return {
    name,
    version,
    description,
    keywords: ['workflow', 'automation', 'durable execution', 'orchestration', 'postgresql'],
    license,
    type,
    engines: { node },
    ...(isPure === true && { sideEffects: false }),
    ...(exports !== undefined && { exports: compiledExports(exports) }),
    ...(bin !== undefined && { bin }),
    files: ['dist', ...(folders ?? [])],
    ...(dependencies !== undefined && { dependencies }),
    ...(optionalDependencies !== undefined && { optionalDependencies }),
    publishConfig: { access: 'public' },
  };
}

/** Whole folders are there under the names of their sources, as we import them ourselves, and as the compiler prints them. */
function compiledExports(exports: Exports): Readonly<Record<string, Target | string>> {
  const compiled = Object.entries(exports).flatMap(([name, path]): [string, Target][] => {
    const target = compiledPath(path.replace(/\*$/, '*.ts'));
    return name.endsWith('/*') ? [`${name}.ts`, `${name}.js`].map((each) => [each, target]) : [[name, target]];
  });
  return { ...Object.fromEntries(compiled), './package.json': './package.json' };
}

function compiledPath(path: string): Target {
  const [, inside] = /^\.\/src\/(.+)\.ts$/.exec(path) ?? [];
  if (inside === undefined) throw new Error(`${path} is exported and is no source`);
  return { types: `./dist/${inside}.d.ts`, default: `./dist/${inside}.js` };
}
