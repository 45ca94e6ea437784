/** A Restate service with one handler of five `ctx.run` steps. Listens on the port that it is given. */
import { importPeer } from './install.ts';

type Context = { run<Output>(name: string, work: () => Promise<Output>): Promise<Output> };
type Restate = {
  service(definition: {
    name: string;
    handlers: Record<string, (ctx: Context, input: never) => Promise<unknown>>;
  }): object;
  serve(options: { services: object[]; port: number }): Promise<number>;
};

const { service, serve } = await importPeer<Restate>('@restatedev/restate-sdk');
const five = service({
  name: 'five',
  handlers: {
    async run(ctx: Context, input: { readonly name: string }) {
      for (let step = 0; step < 5; step += 1) {
        await ctx.run(`step-${step}`, () => Promise.resolve({ ok: true, name: input.name }));
      }
      return 'done';
    },
  },
});
await serve({ services: [five], port: Number(process.argv[2]) });
console.log('listening');
