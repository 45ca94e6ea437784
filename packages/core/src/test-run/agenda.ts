/** What is to happen at which virtual moment: a heap by time, and by the order of being noted where times are equal. */
export type Agenda<What> = {
  /** `order`: as it was reserved. */
  add(at: number, what: What, order?: number): void;
  /** The order of what is noted now, for what can be noted only later. */
  reserve(): number;
  /** Takes out the first. */
  next(): Noted<What> | undefined;
  /** All that is noted, in order. */
  all(): readonly What[];
  /** Drops what does not pass. */
  keep(passes: (what: What) => boolean): void;
};

export type Noted<What> = { readonly at: number; readonly order: number; readonly what: What };

export function createAgenda<What>(): Agenda<What> {
  let heap: Noted<What>[] = [];
  let noted = 0;
  const reserve = (): number => {
    noted += 1;
    return noted;
  };

  return {
    add(at, what, order = reserve()) {
      heap.push({ at, order, what });
      rise(heap);
    },
    reserve,
    next() {
      const [first] = heap;
      const last = heap.pop();
      if (heap.length > 0 && last !== undefined) sink(heap, last);
      return first;
    },
    all: () => [...heap].sort(compare).map(({ what }) => what),
    keep(passes) {
      // A sorted list is a heap.
      heap = heap.filter(({ what }) => passes(what)).sort(compare);
    },
  };
}

function compare(a: Noted<unknown>, b: Noted<unknown>): number {
  return a.at - b.at || a.order - b.order;
}

/** The last goes up to its place. */
function rise(heap: Noted<unknown>[]): void {
  let place = heap.length - 1;
  const moving = heap[place] as Noted<unknown>;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const other = heap[above] as Noted<unknown>;
    if (compare(other, moving) <= 0) break;
    heap[place] = other;
    place = above;
  }
  heap[place] = moving;
}

/** `moving` goes down from the top, whose own is gone. */
function sink(heap: Noted<unknown>[], moving: Noted<unknown>): void {
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    const left = heap[below];
    if (left === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && compare(right, left) < 0) below += 1;
    const other = right !== undefined && below === 2 * place + 2 ? right : left;
    if (compare(moving, other) <= 0) break;
    heap[place] = other;
    place = below;
  }
  heap[place] = moving;
}
