/** What every store of blobs promises: run against each adapter. */
import { randomUUIDv7 } from 'node:crypto';
import { expect, it } from 'vitest';
import { type BlobArea, type BlobPlace, type BlobStore, blobOf } from '../src/kernel/blob/blob-store.ts';

export type BlobsUnderTest = {
  readonly blobs: () => BlobStore;
  /** Changes a byte of what is stored, behind the store's back. */
  readonly damage: (place: BlobPlace, digest: string) => Promise<void>;
};

export const aPlace = (more: Partial<BlobPlace> = {}): BlobPlace => ({
  tenantId: randomUUIDv7(),
  area: 'executions',
  owner: randomUUIDv7(),
  ...more,
});

export function keepsBlobs({ blobs, damage }: BlobsUnderTest): void {
  const text = blobOf(Buffer.from('a value: ü 🙂'));

  it('gives back what was put, byte by byte, also when it was put twice, at once', async () => {
    const place = aPlace();
    const everyByte = blobOf(Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 256)));
    for (const blob of [text, everyByte, blobOf(Buffer.alloc(0))]) {
      await Promise.all([blobs().put(place, blob), blobs().put(place, blob)]);
      await blobs().put(place, blob);
      expect(await blobs().get(place, blob.digest)).toEqual(blob.content);
    }
  });

  it('keeps 16 MB in one piece [F60]', async () => {
    const place = aPlace();
    const large = blobOf(Buffer.alloc(16 * 1024 * 1024, 'large '));
    await blobs().put(place, large);
    expect((await blobs().get(place, large.digest)).equals(large.content)).toBe(true);
  });

  it('says that a blob is missing, also to another tenant, another owner and in another area', async () => {
    const place = aPlace();
    await blobs().put(place, text);
    const elsewhere = [
      { ...place, tenantId: randomUUIDv7() },
      { ...place, owner: randomUUIDv7() },
      { ...place, area: 'archives' as const },
    ];
    for (const other of elsewhere)
      await expect(blobs().get(other, text.digest)).rejects.toMatchObject({ name: 'MissingBlobError' });
    await expect(blobs().get(place, blobOf(Buffer.from('x')).digest)).rejects.toMatchObject({
      name: 'MissingBlobError',
    });
  });

  it('does not hand out what was changed behind its back [F12]', async () => {
    const place = aPlace();
    await blobs().put(place, text);
    await damage(place, text.digest);
    await expect(blobs().get(place, text.digest)).rejects.toMatchObject({ name: 'DamagedBlobError' });
  });

  it('removes what an owner has, and nothing of another that has the same', async () => {
    const place = aPlace();
    const other = aPlace({ tenantId: place.tenantId });
    for (const each of [place, other]) await blobs().put(each, text);
    await blobs().remove(place);
    await blobs().remove(place);
    await expect(blobs().get(place, text.digest)).rejects.toMatchObject({ name: 'MissingBlobError' });
    expect(await blobs().get(other, text.digest)).toEqual(text.content);
  });

  it('names the owners before one, each once, whatever they have', async () => {
    const [first, second, third] = inOrder([aPlace(), aPlace(), aPlace()]) as [BlobPlace, BlobPlace, BlobPlace];
    for (const place of [first, second, third]) await blobs().put(place, text);
    await blobs().put(second, blobOf(Buffer.from('more')));
    await blobs().put({ ...first, area: 'archives' }, text);
    const named = await ownersBefore(blobs(), 'executions', third.owner);
    const ours = new Set([first.owner, second.owner, third.owner]);
    expect(named.filter(({ owner }) => ours.has(owner))).toEqual([first, second]);
  });
}

async function ownersBefore(blobs: BlobStore, area: BlobArea, before: string): Promise<readonly BlobPlace[]> {
  const found: BlobPlace[] = [];
  for await (const page of blobs.ownersBefore(area, before)) found.push(...page);
  return inOrder(found);
}

function inOrder(places: readonly BlobPlace[]): readonly BlobPlace[] {
  return [...places].sort((a, b) => (a.owner < b.owner ? -1 : 1));
}
