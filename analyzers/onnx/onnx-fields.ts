/** Reads, rewrites and writes the protobuf messages of an ONNX file field by field; what is not looked at stays as it is. */

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

export interface Field {
  readonly field: number;
  /** Of a field that is a number. Negative int64 values come as 2^64 less themselves. */
  readonly value: number | undefined;
  /** The whole field, key included. */
  readonly whole: Uint8Array;
  /** Of a field of bytes what is in it. */
  readonly body: Uint8Array;
}

/** @throws {Error} when the bytes are no message */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const read = (): number => {
    const varint = varintAt(bytes, at);
    at = varint.end;
    return varint.value;
  };
  while (at < bytes.length) {
    const start = at;
    const key = read();
    const wire = key & 7;
    let from = at;
    let value: number | undefined;
    if (wire === WIRE_VARINT) value = read();
    else if (wire === WIRE_BYTES) {
      const length = read();
      from = at;
      at += length;
    } else if (wire === WIRE_FIXED32) at += 4;
    else if (wire === WIRE_FIXED64) at += 8;
    else throw new Error('this is no ONNX file');
    if (at > bytes.length) throw new Error('this is no ONNX file');
    yield { field: Math.floor(key / 8), value, whole: bytes.subarray(start, at), body: bytes.subarray(from, at) };
  }
}

/** The numbers of a packed field. @throws {Error} when it is none */
export function packedNumbers(body: Uint8Array): readonly number[] {
  const numbers: number[] = [];
  for (let at = 0; at < body.length; ) {
    const { value, end } = varintAt(body, at);
    numbers.push(value);
    at = end;
  }
  return numbers;
}

function varintAt(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start, factor = 1; ; at++, factor *= 128) {
    const byte = bytes[at];
    if (byte === undefined || factor > 2 ** 63) throw new Error('this is no ONNX file');
    value += (byte & 127) * factor;
    if (byte < 128) return { value, end: at + 1 };
  }
}

/** The bodies of all fields of this number. */
export function bodiesOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  return [...fieldsOf(bytes)].filter(({ field }) => field === wanted).map(({ body }) => body);
}

/** The texts of all fields of this number. */
export function textsOf(bytes: Uint8Array, wanted: number): string[] {
  return bodiesOf(bytes, wanted).map((body) => new TextDecoder().decode(body));
}

/** @param change gives what stands for the field; undefined leaves it out */
export function rewrite(bytes: Uint8Array, change: (field: Field) => Uint8Array | undefined): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fieldsOf(bytes)) {
    const part = change(field);
    if (part) parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A field that holds bytes. */
export function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint((field << 3) | WIRE_BYTES), varint(bytes.length), bytes]);
}

/** A field that holds a whole number. */
export function integerField(field: number, value: number): Buffer {
  return Buffer.concat([varint((field << 3) | WIRE_VARINT), varint(value)]);
}

export function varint(value: number): Buffer {
  // Negative int64 values are written as their two's complement in ten bytes.
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}
