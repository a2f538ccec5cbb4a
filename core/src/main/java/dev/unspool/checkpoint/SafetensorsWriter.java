// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Writes the format that {@link Safetensors} describes. */
final class SafetensorsWriter implements FileWriter.Content {
  private static final int CHUNK = 1 << 20;
  private static final int ALIGNMENT = 8;

  private final List<Map.Entry<String, Tensor>> tensors;
  private final byte[] header;

  SafetensorsWriter(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
    if (tensors.containsKey(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException(
          "no tensor may be called '%s'".formatted(SafetensorsHeader.METADATA));
    }
    this.tensors =
        tensors.entrySet().stream()
            .sorted(Comparator.comparingInt(entry -> -entry.getValue().type().bytes()))
            .toList();
    this.header = header(metadata).getBytes(UTF_8);
    if (header.length > SafetensorsHeader.LARGEST - ALIGNMENT) {
      throw new IllegalArgumentException(
          "the names and the text of %s tensors make a header of %s bytes, which nobody could read: at most %s; store fewer, larger ones"
              .formatted(tensors.size(), header.length, SafetensorsHeader.LARGEST - ALIGNMENT));
    }
  }

  private String header(Map<String, String> metadata) throws IOException {
    var text = new StringWriter();
    var json = new JsonWriter(text);
    json.setHtmlSafe(false);
    json.beginObject();
    if (!metadata.isEmpty()) {
      json.name(SafetensorsHeader.METADATA).beginObject();
      for (var entry : metadata.entrySet()) {
        json.name(entry.getKey()).value(entry.getValue());
      }
      json.endObject();
    }
    long offset = 0;
    for (var entry : tensors) {
      Tensor tensor = entry.getValue();
      json.name(entry.getKey()).beginObject().name("dtype").value(tensor.type().name());
      json.name("shape").beginArray();
      for (long extent : tensor.shape()) {
        json.value(extent);
      }
      json.endArray().name("data_offsets").beginArray().value(offset);
      offset += tensor.data().byteSize();
      json.value(offset).endArray().endObject();
    }
    json.endObject();
    return text.toString();
  }

  @Override
  public void writeTo(FileWriter.Output output) throws IOException {
    int padding = Math.floorMod(-header.length, ALIGNMENT);
    var front =
        ByteBuffer.allocate(Long.BYTES + header.length + padding).order(ByteOrder.LITTLE_ENDIAN);
    front.putLong(header.length + padding).put(header);
    while (front.hasRemaining()) {
      front.put((byte) ' ');
    }
    output.write(front.flip());
    long largest = tensors.stream().mapToLong(t -> t.getValue().data().byteSize()).max().orElse(0);
    var buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK, largest));
    var chunk = MemorySegment.ofBuffer(buffer);
    for (var entry : tensors) {
      MemorySegment data = entry.getValue().data();
      for (long from = 0; from < data.byteSize(); from += CHUNK) {
        int count = (int) Math.min(CHUNK, data.byteSize() - from);
        MemorySegment.copy(data, from, chunk, 0, count);
        output.write(buffer.clear().limit(count));
      }
    }
  }
}
