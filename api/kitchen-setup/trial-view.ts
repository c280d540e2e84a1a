import type { UnknownCause } from '#analyzers/detection.ts';
import { type TrialSummary, trialFps } from '#analyzers/trial/kitchen-trial.ts';
import type { KitchenTrial } from '../contract/kitchen-setup.ts';
import { iso } from '../time-range.ts';
import type { Sentence } from './trial-plan.ts';
import type { TrialJob } from './trial-queue.ts';

const UNREAD: Sentence = { en: 'The recording could not be read.', zh: '录像无法读取。' };
const NOTHING_LOOKS: Sentence = {
  en: 'Nothing here can find this item yet.',
  zh: '系统目前还不能识别这个项目。',
};
const NOTHING_TOLD: Sentence = {
  en: 'None of the pictures could tell.',
  zh: '所有画面均无法判断。',
};
const CAUSES: Readonly<Record<UnknownCause, Sentence>> = {
  'no reference picture': { en: 'There is no reference picture to compare with.', zh: '没有可比对的参考画面。' },
  'no opening hours': { en: 'The opening hours are not known.', zh: '营业时间未知。' },
  learning: {
    en: 'The time was too short to learn how the zone usually looks.',
    zh: '时间太短，尚未学会该区域平时的样子。',
  },
  dark: { en: 'It was too dark.', zh: '画面太暗。' },
  covered: { en: 'Persons or things hid what matters.', zh: '被人或物遮挡。' },
  'view lost': {
    en: 'The camera was covered or looked elsewhere than in the reference picture.',
    zh: '摄像机被遮挡，或视角与参考画面不同。',
  },
};
const NOT_LOOKED: Sentence = { en: 'There was no picture to look at.', zh: '没有可供判断的画面。' };

export function toTrialView(job: TrialJob, ahead: number): KitchenTrial {
  const { plan, summary, error } = job;
  const { trial } = plan;
  const fps = trialFps(trial.analysis);
  const url = `/api/kitchens/${job.cameraId}/trials/${job.trialId}/pictures`;
  const unread = (summary?.unread ?? []).map((stretch) => ({ ...stretch, reason: UNREAD }));
  return {
    trialId: job.trialId,
    cameraId: job.cameraId,
    state: job.state,
    ahead,
    from: iso(trial.fromMs),
    to: iso(trial.toMs),
    progress: job.state === 'done' ? 1 : progressOf(job),
    pictures: summary?.pictures ?? job.pictures,
    ...(fps === undefined ? {} : { picturesPerSecond: fps }),
    violations: job.violations
      .map((violation) => {
        const closedMs = job.closedMs.get(violation.violationId);
        return {
          violationId: violation.violationId,
          item: violation.item,
          since: iso(violation.sinceMs),
          raised: iso(violation.raisedMs),
          ...(closedMs === undefined ? {} : { closed: iso(closedMs) }),
          score: violation.score,
          box: { ...violation.box },
          ...(violation.picture ? { pictureUrl: `${url}/${violation.violationId}.jpg` } : {}),
        };
      })
      .toSorted((a, b) => a.since.localeCompare(b.since)),
    notLookedAt: [...plan.holes, ...unread]
      .toSorted((a, b) => a.startMs - b.startMs)
      .map(({ startMs, endMs, reason }) => ({ from: iso(startMs), to: iso(endMs), reason })),
    notJudged: summary ? notJudged(job, summary) : [],
    faultyPictures: summary?.faultyPictures ?? 0,
    ...(error
      ? {
          problem: {
            code: error.code,
            en: error.text.en,
            zh: error.text.zh,
            remedyEn: error.text.remedyEn,
            remedyZh: error.text.remedyZh,
          },
        }
      : {}),
  };
}

/** Of the recorded time; what is missing takes none. */
function progressOf({ doneMs, plan: { trial } }: TrialJob): number {
  if (doneMs === undefined) return 0;
  let wholeMs = 0;
  let passedMs = 0;
  for (const { startMs, endMs } of trial.recordings) {
    const from = Math.max(startMs, trial.fromMs);
    const to = Math.min(endMs, trial.toMs);
    wholeMs += Math.max(0, to - from);
    passedMs += Math.max(0, Math.min(to, doneMs) - from);
  }
  return wholeMs === 0 ? 0 : passedMs / wholeMs;
}

/** What an item lacks, one line each; of those that lack nothing, what came of it. */
function notJudged({ plan }: TrialJob, { rules, pictures }: TrialSummary): KitchenTrial['notJudged'] {
  const lacking = plan.lacking.map(({ item, reason }) => ({ item, reason: { ...reason } }));
  const others = [...new Set(rules.map((rule) => rule.item))].flatMap((item) => {
    const own = rules.filter((rule) => rule.item === item);
    const isKnown = lacking.some((lack) => lack.item === item);
    if (isKnown || own.some(({ violation, fine }) => violation + fine > 0)) return [];
    const watched = own.find(({ unknown }) => unknown > 0);
    const told = watched?.because ? CAUSES[watched.because] : NOTHING_TOLD;
    const reason = watched ? told : pictures > 0 ? NOTHING_LOOKS : NOT_LOOKED;
    return [{ item, reason: { ...reason } }];
  });
  return [...lacking, ...others];
}
