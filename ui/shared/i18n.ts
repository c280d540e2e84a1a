import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import { alertsText } from '../alerts/text.ts';
import { auditText } from '../audit/text.ts';
import { casesText } from '../cases/text.ts';
import { rulesText } from '../cameras/rules/text.ts';
import { camerasText } from '../cameras/text.ts';
import { investigateText } from '../investigate/text.ts';
import { kitchenSetupText } from '../kitchens/setup/text.ts';
import { kitchensText } from '../kitchens/text.ts';
import { playbackText } from '../playback/text.ts';
import { shellText } from '../shell/text.ts';
import { wallText } from '../wall/text.ts';
import { commonText } from './common-text.ts';
import { readSetting, writeSetting } from './local-setting.ts';

const texts = {
  ...commonText,
  ...shellText,
  ...wallText,
  ...investigateText,
  ...playbackText,
  ...kitchensText,
  ...kitchenSetupText,
  ...camerasText,
  ...casesText,
  ...rulesText,
  ...alertsText,
  ...auditText,
};
export type TextKey = keyof typeof texts;
export type Language = 'zh-CN' | 'en';
export type Say = (key: TextKey, values?: Record<string, string | number>) => string;

function table(column: 0 | 1): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([key, pair]) => [key, pair[column]]));
}

/** Chinese unless the person chose English before. */
export async function startI18n(): Promise<void> {
  const language: Language = readSetting('language') === 'en' ? 'en' : 'zh-CN';
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh-CN',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { 'zh-CN': { translation: table(0) }, en: { translation: table(1) } },
  });
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  writeSetting('language', language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** The words of the page: `say('wall.live')`; `pick` takes the fitting half of a sentence that the server gave in both languages. */
export function useText(): { say: Say; language: Language; pick: (both: { zh: string; en: string }) => string } {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN';
  return {
    say: (key, values) => t(key, { ...values }),
    language,
    pick: (both) => (language === 'en' ? both.en : both.zh),
  };
}
