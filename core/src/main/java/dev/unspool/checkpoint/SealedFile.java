// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A safetensors file that says itself whether it is whole: its last four bytes, a tensor as any
 * other, are the CRC-32C of all bytes before them.
 */
final class SealedFile {
  /** Name of the tensor that holds the checksum. */
  static final String SEAL = "__crc32c__";

  private static final int SEAL_BYTES = Integer.BYTES;
  private static final int CHUNK = 1 << 20;
  private static final ValueLayout.OfInt SEAL_LAYOUT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
  private static final String ADVICE = "; the file is damaged, go back to an earlier one";

  private SealedFile() {}

  /**
   * Writes one, completely or not at all.
   *
   * @param tensors of elements of four bytes or more, so that the seal comes last
   * @param metadata any text
   */
  static void write(
      Storage storage, Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    var seal = MemorySegment.ofArray(new byte[SEAL_BYTES]);
    var sealed = new LinkedHashMap<>(tensors);
    if (sealed.put(SEAL, new Tensor(DType.U32, List.of(), seal)) != null) {
      throw new IllegalArgumentException("no array may be called '%s'".formatted(SEAL));
    }
    var content = new SafetensorsWriter(sealed, metadata);
    FileWriter.write(
        storage,
        file,
        output -> {
          var checksum = new CRC32C();
          // The seal is looked at when it is its turn, which is after all the rest.
          content.writeTo(
              buffer -> {
                checksum.update(buffer.duplicate());
                seal.set(SEAL_LAYOUT, 0, (int) checksum.getValue());
                output.write(buffer);
              });
        });
  }

  /**
   * Reads one, if it is whole.
   *
   * @return without the seal
   * @throws CheckpointException if it is damaged, or has no seal
   */
  static Safetensors read(Path file) throws IOException {
    requireWhole(file);
    Safetensors content = Safetensors.read(file);
    var tensors = new LinkedHashMap<>(content.tensors());
    if (tensors.remove(SEAL) == null) {
      throw new CheckpointException(file, "it has no tensor '%s'".formatted(SEAL) + ADVICE);
    }
    return new Safetensors(tensors, content.metadata());
  }

  private static void requireWhole(Path file) throws IOException {
    RegularFile.requireSize(file);
    var checksum = new CRC32C();
    int announced;
    try (var channel = FileChannel.open(file)) {
      long size = channel.size();
      long left = size - SEAL_BYTES;
      if (left < 0) {
        throw new CheckpointException(file, "it has only %s bytes".formatted(size) + ADVICE);
      }
      var buffer = ByteBuffer.allocateDirect(Math.clamp(size, 1, CHUNK)).order(LITTLE_ENDIAN);
      for (; left > 0; left -= buffer.limit()) {
        fill(file, channel, buffer.clear().limit((int) Math.min(buffer.capacity(), left)));
        checksum.update(buffer);
      }
      fill(file, channel, buffer.clear().limit(SEAL_BYTES));
      announced = buffer.getInt(0);
    }
    if ((int) checksum.getValue() != announced) {
      throw new CheckpointException(
          file,
          "its content has the checksum %s, its end says %s"
                  .formatted(Manifest.hex(checksum.getValue()), Manifest.hex(announced))
              + ADVICE);
    }
  }

  private static void fill(Path file, FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new CheckpointException(file, "it became shorter while it was read" + ADVICE);
      }
    }
    buffer.flip();
  }
}
