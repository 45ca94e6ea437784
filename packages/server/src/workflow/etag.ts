/** The ETag of a workflow is that of its current definition: it changes when another version becomes current. */
import { etagOf } from '../kernel/http/etag.ts';

export function definitionEtag(digest: Buffer): string {
  return etagOf(digest.toString('base64url'));
}
