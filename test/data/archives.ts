import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { Header } from "tar";

/** One member of an archive. */
export interface Member {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** @defaultValue a file, or a folder where the name ends in "/" */
  readonly link?: string;
  /** Said to be of this size; the bytes stay as they are. */
  readonly statedBytes?: number;
}

/** A compressed tar file, written header by header so that it may be as bad as a test needs. */
export function tarGz(members: readonly Member[]): Buffer {
  const blocks = members.flatMap(({ name, bytes = new Uint8Array(), link, statedBytes }) => {
    const type = link === undefined ? (name.endsWith("/") ? "Directory" : "File") : "SymbolicLink";
    const header = new Header({
      path: name,
      type,
      size: statedBytes ?? bytes.length,
      mode: 0o644,
      ...(link === undefined ? {} : { linkpath: link }),
    });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, Buffer.from(bytes), Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** A zip file. */
export function zip(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes = new Uint8Array(), link, statedBytes } of members) {
    const content = link === undefined ? Buffer.from(bytes) : Buffer.from(link);
    const packed = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(statedBytes ?? content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((link === undefined ? 0o100644 : 0o120777) * 65_536, 6);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), common, tail, Buffer.from(name));
    locals.push(local);
    at += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
