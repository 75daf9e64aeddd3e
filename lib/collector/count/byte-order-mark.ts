/** How many bytes of a byte order mark open the content; it is accepted there and skipped. */
export function byteOrderMarkLength(bytes: Uint8Array, byteOffset: number): number {
  return byteOffset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
