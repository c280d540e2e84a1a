import Type, { type Static, type TSchema } from 'typebox';
import type { ErrorContext } from '#infra/runtime/app-error.ts';
import { analyzerErrors } from '../errors.ts';
import { CLOSED, common, Name, oneOf, pixelFields, Side } from './manifest-fields.ts';

/** What the manifests of all networks that find things have in common, whatever they look for. */

const Input = Type.Object(
  {
    layer: Name,
    /** Of the tensor. Each picture goes into the size whose proportions are nearest to its own. */
    sizes: Type.Array(Type.Object({ widthPx: Side, heightPx: Side }, CLOSED), { minItems: 1, maxItems: 12 }),
    /** The network takes other sizes than the one written in its file: it is fully convolutional. */
    anySize: Type.Optional(Type.Boolean()),
    ...pixelFields,
    /** Some exports of RT-DETR want the picture's size (int64 [1,2], width and height) here. */
    sizeLayer: Type.Optional(Name),
  },
  CLOSED,
);

export const network = {
  ...common,
  input: Input,
  /** The network's classes in its own order and words. */
  classes: Type.Array(Name, { minItems: 1, maxItems: 2000 }),
};

export const CENTERNET_FIELDS = {
  family: Type.Literal('centernet'),
  /** heat: [1,classes,h/4,w/4], 0..1; sizes: [1,4,h/4,w/4], distances to left, top, right, bottom in pixels. */
  outputs: Type.Object({ heat: Name, sizes: Name }, CLOSED),
};
export const YOLOX_FIELDS = {
  family: Type.Literal('yolox'),
  /** cells: [1,cells,5 + classes]: centre x, y, width, height, objectness, a probability for each class. */
  outputs: Type.Object({ cells: Name }, CLOSED),
  /** grid: relative to the cell, sizes as logarithms, as the training code exports it; pixels: of the tensor. */
  boxes: oneOf('grid', 'pixels'),
  strides: Type.Optional(Type.Array(Type.Integer({ minimum: 2, maximum: 256 }), { minItems: 1, maxItems: 6 })),
};
export const RTDETR_FIELDS = {
  family: Type.Literal('rtdetr'),
  outputs: Type.Union([
    /** logits: [1,queries,classes]; boxes: [1,queries,4], centre and size in 0..1 of the tensor. */
    Type.Object({ logits: Name, boxes: Name }, CLOSED),
    /** labels, scores: [1,queries], labels int64; boxes: [1,queries,4], corners in units of what `sizeLayer` is given. */
    Type.Object({ labels: Name, boxes: Name, scores: Name }, CLOSED),
  ]),
};

const CenterNet = Type.Object({ ...network, ...CENTERNET_FIELDS });
const Yolox = Type.Object({ ...network, ...YOLOX_FIELDS });
const RtDetr = Type.Object({ ...network, ...RTDETR_FIELDS });

export type CenterNetManifest = Static<typeof CenterNet>;
export type YoloxManifest = Static<typeof Yolox>;
export type RtDetrManifest = Static<typeof RtDetr>;
/** All that must be known of a network to run it and read its answer. */
export type NetworkManifest = CenterNetManifest | YoloxManifest | RtDetrManifest;

/**
 * The schema for the family that a manifest names.
 * @param families by name
 * @throws {AppError} `MODEL_PACK_INVALID`
 */
export function schemaOfFamily(
  families: Readonly<Record<string, TSchema>>,
  family: unknown,
  where: ErrorContext,
): TSchema {
  const schema = typeof family === 'string' && Object.hasOwn(families, family) ? families[family] : undefined;
  if (schema) return schema;
  throw analyzerErrors.MODEL_PACK_INVALID({ ...where, field: 'family', expected: Object.keys(families).join(', ') });
}
