/** What an archive holds. */
import assert from 'node:assert/strict'

/** Its files by its central directory, each stored as it is. @param {Uint8Array} archive @returns {Record<string, Buffer>} */
export function unzipped(archive) {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const end = bytes.length - 22
  assert.equal(bytes.readUInt32LE(end), 0x06054b50)
  /** @type {Record<string, Buffer>} */
  const found = {}
  let at = bytes.readUInt32LE(end + 16)
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const [signature, size, local] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 42)]
    const [method, name, extra, comment] = [bytes.readUInt16LE(at + 10), bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)]
    assert.deepEqual([signature, method, bytes.readUInt32LE(local)], [0x02014b50, 0, 0x04034b50])
    const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    // A name that isn't UTF-8 throws.
    found[new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at + 46,
      at + 46 + name))] = bytes.subarray(data, data + size)
    at += 46 + name + extra + comment
  }
  return found
}
