export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** What an address asks of a page, each name once; and the address, which comes along through a sign-in. */
export async function askedAddress(
  path: string,
  searchParams: SearchParams,
): Promise<{ address: string; asked: (name: string) => string | null }> {
  const search = new URLSearchParams(
    Object.entries(await searchParams).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );
  return { address: search.size > 0 ? `${path}?${search}` : path, asked: (name) => search.get(name) };
}
