/**
 * Files of a project import `@cloudflow/sdk` and `typebox`. Where the project has not installed them, those that come with this
 * program are taken: a new project runs before anything is installed, and an installed version always comes first.
 */
import { registerHooks } from 'node:module';

const ours = /^(@cloudflow\/(sdk|core)|typebox)(\/|$)/;

/** For this thread. */
export function lendOwnPackages(): void {
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!ours.test(specifier)) throw error;
        return next(specifier, { ...context, parentURL: import.meta.url });
      }
    },
  });
}
