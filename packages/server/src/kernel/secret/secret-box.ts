/**
 * What keeps secrets: the contract. Each tenant has a key of its own; a value is bound to tenant and place, so that a row
 * copied elsewhere does not open there.
 */
export type SecretBox = {
  /** The key of a tenant, made when there is none; from then on encrypting needs no wait. */
  sealer(tenantId: string): Promise<Sealer>;
  /** Throws CannotDecryptError. */
  open(tenantId: string, place: string, sealed: Buffer): Promise<Buffer>;
};

export type Sealer = {
  readonly tenantId: string;
  /** `place` says what it is and where it stands, such as `credential/<id>`. */
  seal(place: string, plain: Buffer): Buffer;
  /** Of a text that is not to be kept, but known again. */
  hash(purpose: string, text: string): Buffer;
};
