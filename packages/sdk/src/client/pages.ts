/** A list, read page by page as it is walked through: `for await (const row of client.executions.list())`. */

export type Page<Row> = { readonly data: readonly Row[]; readonly next_cursor: string | null };

/** Reads the page at a cursor; the first one without. */
export type ReadPage<T> = (cursor: string | undefined) => Promise<T>;

export class Pages<Row, More = unknown> implements AsyncIterable<Row> {
  readonly #read: ReadPage<Page<Row> & More>;

  constructor(read: ReadPage<Page<Row> & More>) {
    this.#read = read;
  }

  /** One page: the first, or the one at the `next_cursor` of the page before. */
  page(cursor?: string): Promise<Page<Row> & More> {
    return this.#read(cursor);
  }

  /** All pages, each read when it is asked for. */
  async *pages(): AsyncGenerator<Page<Row> & More, void, undefined> {
    let page = await this.#read(undefined);
    yield page;
    for (let cursor = page.next_cursor; cursor !== null; cursor = page.next_cursor) {
      page = await this.#read(cursor);
      yield page;
    }
  }

  /** All rows of all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for await (const { data } of this.pages()) yield* data;
  }

  /** The first rows, at most as many as said. */
  async first(count: number): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for await (const { data } of this.pages()) {
      rows.push(...data.slice(0, count - rows.length));
      if (rows.length >= count) break;
    }
    return rows;
  }
}
