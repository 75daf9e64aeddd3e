/** The language of words that people or commits left, for screen readers: without a sign beyond ASCII it is English. Pure. */
export const langOf = (text: string): 'en' | undefined => (/^[\x20-\x7e]+$/.test(text) ? 'en' : undefined);
