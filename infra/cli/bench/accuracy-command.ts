import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SecondLook } from '#ingest/cameras/camera.ts';
import type { MaskModel } from '../../bench/masks.ts';
import { positiveInteger, share, wholeNumber } from './number-options.ts';
import { openModels } from './open-models.ts';

interface AccuracyCommandOptions {
  readonly task?: string;
  readonly dir?: string;
  readonly packs?: 'kitchen';
  readonly item?: readonly string[];
  readonly seeds: number;
  readonly days: number;
  readonly encodedDays: number;
  readonly seed: number;
  readonly detector?: string;
  readonly secondLook: SecondLook;
  readonly shrink: number;
  readonly degrade?: boolean;
  readonly homeProvince: string;
  readonly model: MaskModel;
  readonly clips: number;
  readonly firstClip: number;
  readonly json?: boolean;
}

/** `bench accuracy`: a folder of pictures with known truth, or scenes that the project makes. */
export function addAccuracyCommand(bench: Command): void {
  bench
    .command('accuracy')
    .description('accuracy on a folder of pictures with known truth')
    .option(
      '--task <task>',
      'plate-crops, plate-calibration, plate-frames, vehicles, vehicle-colour, masks, held-phones, worn-hats or kitchen-clip',
    )
    .option(
      '--dir <dir>',
      'crops named by their text, CCPD frames, pictures with labels.json, clips with their truth, or faces in with_mask and without_mask',
    )
    .option('--detector <name>', 'auto, centernet, yolox-nano or the id of a model pack')
    .addOption(
      new Option('--second-look <parts>', 'vehicles: look again at parts of each picture')
        .choices(['none', 'upper', 'tiles'])
        .default('none'),
    )
    .option('--shrink <share>', 'vehicles: each picture fills this share of a larger one: small, far things', share, 1)
    .option('--degrade', 'plate-crops: make every crop small, blurred, noisy and compressed first')
    .option('--home-province <name>', 'plates: expect this province, e.g. 皖', '')
    .addOption(
      new Option(
        '--model <which>',
        'masks, kitchen-clip: the shipped classifier, the downloadable network (masks only), or both',
      )
        .choices(['shipped', 'download', 'both'])
        .default('shipped'),
    )
    .option('--clips <n>', 'kitchen-clip: how many clips of ten minutes', positiveInteger, 1)
    .option('--first-clip <n>', 'kitchen-clip: seed of the first clip', positiveInteger, 1)
    .addOption(
      new Option('--packs <pack>', 'instead of a task: the rules of this pack on scenes made by the project').choices([
        'kitchen',
      ]),
    )
    .option('--item <code...>', 'kitchen: only these items; kitchen-clip: this one instead of no_mask')
    .option('--seeds <n>', 'kitchen: scenes with a violation of each item', wholeNumber, 10)
    .option('--days <n>', 'kitchen: days on which nothing is wrong', wholeNumber, 3)
    .option('--encoded-days <n>', 'kitchen: how many of these days go through H.264', wholeNumber, 1)
    .option(
      '--seed <n>',
      'kitchen: seed of the first scene; the rules were tuned on those below 1000',
      wholeNumber,
      1000,
    )
    .option('--json', 'one JSON object')
    .action(async (options: AccuracyCommandOptions) => {
      if (options.packs === 'kitchen') return benchKitchenRules(options);
      if (options.task === undefined || options.dir === undefined)
        throw new InvalidArgumentError('give --task and --dir, or --packs kitchen');
      const [{ measureAccuracy }, { config, registry }] = await Promise.all([
        import('../../bench/accuracy.ts'),
        openModels(options.detector),
      ]);
      const { result, misses } = await measureAccuracy({
        task: options.task,
        folder: options.dir,
        registry,
        detector: config.detector,
        threshold: config.detectionThreshold,
        secondLook: options.secondLook,
        shrink: options.shrink,
        degrade: options.degrade === true,
        homeProvince: options.homeProvince,
        maskModel: options.model,
        clips: options.clips,
        firstClip: options.firstClip,
        confirmMasks: options.model === 'both',
        clipItem: options.item?.[0] ?? 'no_mask',
      });
      if (options.json) console.log(JSON.stringify(result));
      else {
        for (const { truth, read } of misses) console.log(`${truth} read as ${read === '' ? '(nothing)' : read}`);
        for (const [name, value] of Object.entries(result)) {
          if (Array.isArray(value)) console.table(value);
          else if (typeof value === 'number')
            console.log(`${name}: ${Number.isInteger(value) ? value : value.toFixed(4)}`);
          else console.log(name, value);
        }
      }
    });
}

async function benchKitchenRules({
  item,
  seeds,
  days,
  encodedDays,
  seed,
  json,
}: AccuracyCommandOptions): Promise<void> {
  const [{ measureKitchenRules }, { RULE_ITEMS }] = await Promise.all([
    import('../../bench/kitchen-rules.ts'),
    import('../../bench/kitchen/story.ts'),
  ]);
  const unknown = item?.find((code) => !RULE_ITEMS.some((known) => known === code));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`no rule finds ${unknown}; items: ${RULE_ITEMS.join(', ')}`);
  const result = await measureKitchenRules({
    items: RULE_ITEMS.filter((known) => item === undefined || item.includes(known)),
    seeds,
    quietDays: days,
    encodedDays,
    firstSeed: seed,
    onProgress: (line) => console.error(line),
  });
  if (json) console.log(JSON.stringify(result));
  else {
    const { items, ...conditions } = result;
    console.log(conditions);
    console.table(items);
  }
}
