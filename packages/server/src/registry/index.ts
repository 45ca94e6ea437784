/** What others see of the registry. */
export { registryRoutes } from './routes.ts';
export { createRegistry, type Registry } from './service.ts';
