/** The product and the world outside it, for the tests of one file: started before the first, stopped after the last. */
import { afterAll, beforeAll } from 'vitest';
import { type RunningServer, startServer } from '../packages/server/testing/server.ts';
import { type Api, createApi } from './api-client.ts';
import { startOutsideWorld } from './outside-world.ts';

export type Product = {
  readonly server: RunningServer;
  readonly api: Api;
  readonly outside: Awaited<ReturnType<typeof startOutsideWorld>>;
};

/** Its parts are there from the first test on. Workflows may call the world outside. */
export function useProduct(): Product {
  const product = {} as { -readonly [Part in keyof Product]: Product[Part] };
  beforeAll(async () => {
    product.outside = await startOutsideWorld();
    product.server = await startServer({ env: { CLOUDFLOW_EGRESS_ALLOW: '127.0.0.1' } });
    product.api = createApi({ url: product.server.url, key: product.server.apiKey });
  });
  afterAll(async () => {
    await product.server?.stop();
    await product.outside?.stop();
  });
  return product;
}
