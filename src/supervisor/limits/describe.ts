const mebibyte = 2 ** 20

/** A number of bytes for people. */
export function describeBytes(bytes: number): string {
  return bytes >= mebibyte ? `${Number((bytes / mebibyte).toFixed(1))} MiB` : `${bytes} bytes`
}
