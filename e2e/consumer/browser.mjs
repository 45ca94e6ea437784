// Imports the SDK as a page does: a module of Node in its graph, or a global of Node at its load, is an error.
import { isBuiltin, registerHooks } from 'node:module';

const { log } = console;
registerHooks({
  resolve(specifier, context, next) {
    if (isBuiltin(specifier)) throw new Error(`${context.parentURL} imports ${specifier}`);
    return next(specifier, context);
  },
});
for (const name of ['process', 'Buffer', 'global', 'setImmediate']) Reflect.deleteProperty(globalThis, name);

const parts = ['', '/builder', '/client', '/testing', '/webhook', '/worker'];
const loaded = await Promise.all(parts.map((part) => import(`@cloudflow/sdk${part}`)));
log(`loaded ${loaded.filter((each) => Object.keys(each).length > 0).length}`);
