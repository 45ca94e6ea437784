/** Due times in order: a binary heap in memory. What it forgets in a crash, the table of timers still knows. */
export type HeapTimer = { readonly due: number; readonly executionId: string; readonly timer: number };

export type TimerHeap = {
  add(timer: HeapTimer): void;
  /** The earliest due time, or null when there is none. */
  nextDue(): number | null;
  /** Takes out the timers that are due, earliest first, at most `limit`. */
  takeDue(now: number, limit: number): readonly HeapTimer[];
  readonly size: number;
};

export function createTimerHeap(): TimerHeap {
  const heap: HeapTimer[] = [];
  const before = (a: number, b: number): boolean => (heap[a]?.due ?? Infinity) < (heap[b]?.due ?? Infinity);
  const swap = (a: number, b: number): void => {
    const held = heap[a] as HeapTimer;
    heap[a] = heap[b] as HeapTimer;
    heap[b] = held;
  };
  const rise = (from: number): void => {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!before(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (): void => {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const least = before(left + 1, left) ? left + 1 : left;
      if (!before(least, at)) return;
      swap(least, at);
      at = least;
    }
  };
  const pop = (): HeapTimer | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      sink();
    }
    return first;
  };
  return {
    get size() {
      return heap.length;
    },
    add(timer) {
      heap.push(timer);
      rise(heap.length - 1);
    },
    nextDue: () => heap[0]?.due ?? null,
    takeDue(now, limit) {
      const due: HeapTimer[] = [];
      while (due.length < limit && (heap[0]?.due ?? Infinity) <= now) due.push(pop() as HeapTimer);
      return due;
    },
  };
}
