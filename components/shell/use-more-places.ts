import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { isCurrentPlace, OPERATION_PLACES, type Place, placesFor, RECORD_PLACES } from './places.ts';

/** The places that are not daily ones, in their groups, and which of them the reader is at. */
export function useMorePlaces(showAdmin: boolean): {
  groups: readonly { name: string; places: readonly Place[] }[];
  here: Place | undefined;
} {
  const t = useTranslations('nav');
  const pathname = usePathname();
  const groups = [
    { name: t('records'), places: RECORD_PLACES },
    { name: t('operation'), places: placesFor(OPERATION_PLACES, showAdmin) },
  ];
  const here = groups.flatMap(({ places }) => places).find((place) => isCurrentPlace(place, pathname));
  return { groups, here };
}
