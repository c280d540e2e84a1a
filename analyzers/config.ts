import Type, { type Static } from 'typebox';
import { PROVINCES } from './packs/plate/plate-alphabet.ts';

export const analyzerConfigSchema = Type.Object({
  workerThreads: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 128,
    title: 'Analyzer threads',
    unit: 'threads',
    description: 'How many threads run models; 0: one per core, less one.',
  }),
  detector: Type.String({
    default: 'auto',
    pattern: '^[a-z0-9][a-z0-9.-]{0,62}$',
    title: 'Detector',
    description:
      'Which model finds vehicles and persons: `auto`, `centernet`, `yolox-nano` or the id of a model pack; auto: CenterNet, which needs no download.',
  }),
  packFolder: Type.String({
    default: '',
    title: 'Folder of model packs',
    description:
      'Holds detectors that are not built in, each as `<name>/manifest.json` with its ONNX file beside it; empty: `packs` in the model folder.',
  }),
  detectionThreshold: Type.Number({
    default: 0.3,
    minimum: 0.05,
    maximum: 0.95,
    title: 'Detection threshold',
    description: 'Boxes of a lower score are not used.',
  }),
  modelFolder: Type.String({
    default: '',
    title: 'Model folder',
    description: 'Where converted and downloaded models are kept; empty: `models` in the cache folder.',
  }),
  modelMirror: Type.String({
    default: '',
    title: 'Model mirror',
    description:
      'A folder or http(s) address that holds the downloadable models under their file names, for machines that cannot reach the sources.',
  }),
  skipUnchanged: Type.Boolean({
    default: true,
    title: 'Skip unchanged pictures',
    description:
      'Of cameras analysed at key frames: a picture that looks like the last analysed one, in which nothing moved, is not analysed again (for at most 20 s); what stands stays.',
  }),
  confirmMasks: Type.Boolean({
    default: true,
    title: 'Second look at uncovered mouths',
    description:
      'Where the downloadable face-mask model is there (`./vantage models pull aizoo-face-mask`), what the shipped classifier takes for an uncovered mouth counts only when that sees it too: fewer false alarms, about 20 ms more for each such head.',
  }),
  officialVehicles: Type.Union([Type.Literal('refuse'), Type.Literal('mark'), Type.Literal('read')], {
    default: 'refuse',
    title: 'Plates of police and army',
    description:
      '`refuse`: such a vehicle passes as one whose plate was not read. `mark`: that it has such a plate is kept, without its text. `read`: like any other.',
  }),
  plateGrammar: Type.Union([Type.Literal('china'), Type.Literal('generic'), Type.Literal('both')], {
    default: 'china',
    title: 'Forms of plates',
    description:
      '`china`: all forms of mainland China. `generic`: 4 to 10 letters and digits, for other countries. `both`: a Chinese form where one fits, else the generic one.',
  }),
  homeProvince: Type.String({
    default: '',
    pattern: `^[${PROVINCES}]?$`,
    title: 'Home province',
    description:
      'Short name of the province (such as 皖) that most vehicles are from; breaks ties where the first character is hard to read. Empty: no expectation.',
  }),
  blurHeads: Type.Boolean({
    default: true,
    title: 'Blur heads',
    description:
      'In the pictures and clips that prove violations of a kitchen the heads of persons are made unrecognisable before they are stored. Violations belong to the kitchen; who was there is nobody’s business.',
  }),
  trackEndMs: Type.Integer({
    default: 2500,
    minimum: 200,
    title: 'Track end',
    unit: 'ms',
    description: 'A vehicle not seen for this long has passed.',
  }),
});

export type AnalyzerConfig = Readonly<Static<typeof analyzerConfigSchema>>;
