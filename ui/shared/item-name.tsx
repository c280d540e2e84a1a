import { useText } from './i18n.ts';
import { useHygieneItems } from './queries.ts';

/** The name of a kitchen item in the person's language; its code until the list is there. */
export function ItemName({ code }: { code: string }) {
  const { pick } = useText();
  const item = useHygieneItems().data?.find((candidate) => candidate.code === code);
  return <>{item ? pick({ zh: item.nameZh, en: item.nameEn }) : code}</>;
}
