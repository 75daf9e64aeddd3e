/** What was read last, by key, up to `capacity`; the least recently used goes first. */
export type NewestUsed<T> = {
  get: (key: string) => T | undefined;
  set: (key: string, value: T) => void;
};

/** Memory for answers that cannot change under their key: whoever uses it puts all they depend on into the key. */
export function newestUsed<T>(capacity: number): NewestUsed<T> {
  const entries = new Map<string, T>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
  };
}
