/**
 * Where bytes are kept that are too large for a row: outputs of steps, archives. Adapters: `postgres`, `disk`.
 *
 * A blob is named by the SHA-256 of its content, inside the place of its owner. Two owners with the same bytes have two blobs:
 * that costs some room, and makes deleting safe without counting references, since what an owner has goes with the owner.
 * Nothing is ever changed, so a blob may be written twice, and read from any copy.
 */
import { hash } from 'node:crypto';

/** The owner is a UUIDv7: an execution, or an archive. */
export type BlobPlace = { readonly tenantId: string; readonly area: BlobArea; readonly owner: string };
export type BlobArea = 'executions' | 'archives';
/** `digest`: of the content, see `blobOf`. */
export type Blob = { readonly digest: string; readonly content: Buffer };

export type BlobStore = {
  /** Where it is, in a word that tells it from any other store. */
  readonly home: string;
  /** On disk, and complete, when it resolves. Putting it again changes nothing. */
  put(place: BlobPlace, blob: Blob): Promise<void>;
  /** Throws `MissingBlobError`, or `DamagedBlobError` when the content is not what its name says. */
  get(place: BlobPlace, digest: string): Promise<Buffer>;
  /** Removes all that the owner has in this area; nothing is not an error. */
  remove(place: BlobPlace): Promise<void>;
  /** Owners below `before` that have something in this area, each once, in pages. */
  ownersBefore(area: BlobArea, before: string): AsyncIterable<readonly BlobPlace[]>;
};

export class MissingBlobError extends Error {
  override readonly name = 'MissingBlobError';
  constructor({ area, owner }: BlobPlace, digest: string, options?: ErrorOptions) {
    super(`blob ${digest} of ${owner} (${area}) is not there`, options);
  }
}

export class DamagedBlobError extends Error {
  override readonly name = 'DamagedBlobError';
  constructor({ area, owner }: BlobPlace, digest: string) {
    super(`blob ${digest} of ${owner} (${area}) holds other bytes than its name says`);
  }
}

export function blobOf(content: Buffer): Blob {
  return { digest: hash('sha256', content, 'hex'), content };
}

/** The content, when it is what its name says. */
export function verified(place: BlobPlace, digest: string, content: Buffer): Buffer {
  if (hash('sha256', content, 'hex') !== digest) throw new DamagedBlobError(place, digest);
  return content;
}
