/** Whether an address carries something that looks like one of our keys, even a mistyped or shortened one. */
export function hasKeyInAddress(address: string): boolean {
  return /pg(?:_|%5f)[irwmp](?:_|%5f)(?:[A-Za-z0-9_-]|%5f|%2d){20}/i.test(address);
}
