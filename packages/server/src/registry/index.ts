/** What others see of the registry. */
export { createRegisteredOperations, type RegisteredOperations } from './operations.ts';
export { registryRoutes } from './routes.ts';
export { createRegistry, type Registry } from './service.ts';
