import { Ban, Check, CircleX, Clock, CornerDownRight, type LucideIcon, Send } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import type { DeliveryState } from '#lib/dashboard/index.ts';

const LOOKS = {
  due: { icon: Clock, tone: 'neutral' },
  sending: { icon: Send, tone: 'accent' },
  delivered: { icon: Check, tone: 'pass' },
  fallen_back: { icon: CornerDownRight, tone: 'warn' },
  failed: { icon: CircleX, tone: 'bad' },
  cancelled: { icon: Ban, tone: 'none' },
} as const satisfies Record<DeliveryState, { icon: LucideIcon; tone: Tone }>;

/** How a delivery stands: a shape and a word, readable without colour. */
export function DeliveryStateBadge({ state }: { state: DeliveryState }) {
  const t = useTranslations('delivery');
  const { icon: Icon, tone } = LOOKS[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden className="size-3.5" />}>
      {t(`state_${state}`)}
    </Badge>
  );
}
