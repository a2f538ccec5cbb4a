// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the format that {@link Safetensors} describes, and believes nothing that it has not
 * checked.
 */
final class SafetensorsReader {
  private static final int CHUNK = 1 << 20;

  private final Path file;
  private final FileChannel channel;

  private SafetensorsReader(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static Safetensors read(Path file) throws IOException {
    try {
      RegularFile.requireSize(file);
      try (var channel = FileChannel.open(file)) {
        return new SafetensorsReader(file, channel).read();
      }
    } catch (NoSuchFileException e) {
      throw new CheckpointException(file, "there is no such file; check the path", e);
    }
  }

  private Safetensors read() throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw damaged("the file has %s bytes, even an empty one has 10".formatted(size));
    }
    var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(length);
    long headerBytes = length.getLong(0);
    if (headerBytes < 2 || headerBytes > Math.min(SafetensorsHeader.LARGEST, size - Long.BYTES)) {
      throw damaged(
          "the first 8 bytes announce a header of %s bytes, expected 2 to %s"
              .formatted(
                  Long.toUnsignedString(headerBytes),
                  Math.min(SafetensorsHeader.LARGEST, size - Long.BYTES)));
    }
    var text = ByteBuffer.allocate((int) headerBytes);
    fill(text);
    var header = SafetensorsHeader.parse(file, text.flip());
    header.requireRanges(size - Long.BYTES - headerBytes);
    return new Safetensors(data(header, Long.BYTES + headerBytes, size), header.metadata());
  }

  private Map<String, Tensor> data(SafetensorsHeader header, long start, long size)
      throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    var buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK, size));
    for (var entry : header.tensors().entrySet()) {
      SafetensorsHeader.Entry at = entry.getValue();
      long bytes = at.end() - at.begin();
      if (bytes > Tensor.LARGEST) {
        throw new CheckpointException(
            file,
            "tensor '%s' has %s bytes, at most %s fit into a Java array; split it"
                .formatted(Messages.shorten(entry.getKey()), bytes, Tensor.LARGEST));
      }
      MemorySegment data = Tensor.allocate(bytes);
      channel.position(start + at.begin());
      for (long to = 0; to < data.byteSize(); to += buffer.limit()) {
        buffer.clear().limit((int) Math.min(CHUNK, data.byteSize() - to));
        fill(buffer);
        MemorySegment.copy(MemorySegment.ofBuffer(buffer.rewind()), 0, data, to, buffer.limit());
      }
      tensors.put(entry.getKey(), new Tensor(at.type(), at.shape(), data));
    }
    return tensors;
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw damaged("the file became shorter while it was read");
      }
    }
  }

  private CheckpointException damaged(String message) {
    return SafetensorsHeader.damaged(file, message);
  }
}
