import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAgenda } from './agenda.ts';

it('what is noted comes in the order of time, and of being noted or reserved where times are equal', () => {
  const deeds = fc.array(fc.oneof(fc.nat(5), fc.constantFrom('next', 'reserve', 'keep')), { maxLength: 60 });
  fc.assert(
    fc.property(deeds, (all) => {
      const agenda = createAgenda<number>();
      let model: { at: number; order: number; what: number }[] = [];
      const reserved: number[] = [];
      let order = 0;
      for (const deed of all) {
        if (deed === 'reserve') {
          order += 1;
          reserved.push(agenda.reserve());
        } else if (deed === 'keep') {
          agenda.keep((what) => what % 2 === 0);
          model = model.filter(({ what }) => what % 2 === 0);
        } else if (deed === 'next') {
          model.sort((a, b) => a.at - b.at || a.order - b.order);
          expect(agenda.next()?.what).toBe(model.shift()?.what);
        } else {
          const own = reserved.shift();
          if (own === undefined) order += 1;
          model.push({ at: deed, order: own ?? order, what: deed * 100 + model.length });
          agenda.add(deed, deed * 100 + model.length - 1, own);
        }
      }
      model.sort((a, b) => a.at - b.at || a.order - b.order);
      expect(agenda.all()).toEqual(model.map(({ what }) => what));
    }),
  );
});
