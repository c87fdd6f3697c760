// Ids that a device makes itself, so that it can go on without a line.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BODY_LENGTH = 26;
const SLOT_MASK = 0xfffn;
const RANDOM_BITS = 68n;
const SLOT_BITS = 12n;

function decode(id: string): bigint {
  const body = id.slice(id.indexOf("_") + 1);
  let bits = 0n;
  for (const letter of body) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new RangeError(`${id} is no id: '${letter}' is none of its letters`);
    bits = (bits << 5n) | BigInt(digit);
  }
  if (body.length !== BODY_LENGTH) throw new RangeError(`${id} is no id: it has not 26 letters`);
  return bits;
}

/**
 * A new id, e.g. `newId("tkt", locationId)`: 48 bits of time, the slot of what it belongs to (a
 * ticket's is its location's, a job's or a payment's the ticket's), 68 random bits.
 */
export function newId(prefix: string, belongsTo: string): string {
  const slot = (decode(belongsTo) >> RANDOM_BITS) & SLOT_MASK;
  let random = 0n;
  for (const byte of crypto.getRandomValues(new Uint8Array(9))) random = (random << 8n) | BigInt(byte);
  let bits =
    (((BigInt(Date.now()) << SLOT_BITS) | slot) << RANDOM_BITS) | (random & ((1n << RANDOM_BITS) - 1n));
  let body = "";
  for (let i = 0; i < BODY_LENGTH; ++i) {
    body = ALPHABET.charAt(Number(bits & 31n)) + body;
    bits >>= 5n;
  }
  return `${prefix}_${body}`;
}

/** A request id: 128 random bits. The same for every repetition of one command. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
