import { langOf } from './lang-of.ts';

/** Words as a person or another system left them: not ours to translate, and read aloud in their own language. */
export function Words({ children }: { children: string }) {
  return <span lang={langOf(children)}>{children}</span>;
}
