// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a safetensors file, read as a stream so that nothing is built before it is checked.
 */
final class SafetensorsHeader {
  static final String METADATA = "__metadata__";

  /** Most bytes of a header. */
  static final int LARGEST = 16 << 20;

  /** Extents of a shape beyond which nothing sensible is meant. */
  private static final int MOST_EXTENTS = 64;

  /**
   * One tensor.
   *
   * @param begin of its data, from the end of the header
   * @param end of its data
   */
  record Entry(DType type, List<Long> shape, long begin, long end) {}

  private final Path file;
  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private SafetensorsHeader(Path file) {
    this.file = file;
  }

  Map<String, Entry> tensors() {
    return tensors;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  static SafetensorsHeader parse(Path file, ByteBuffer bytes) throws CheckpointException {
    if (bytes.get(bytes.position()) != '{') {
      throw damaged(file, "the header does not begin with '{'");
    }
    var header = new SafetensorsHeader(file);
    try (var json = new JsonReader(new StringReader(UTF_8.newDecoder().decode(bytes).toString()))) {
      json.setStrictness(Strictness.STRICT);
      header.parse(json);
    } catch (CheckpointException e) {
      throw e;
    } catch (CharacterCodingException e) {
      throw damaged(file, "the header is not UTF-8");
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      throw damaged(file, "the header is not the JSON of this format: " + Messages.line(e));
    }
    return header;
  }

  private void parse(JsonReader json) throws IOException {
    var names = new HashSet<String>();
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (!names.add(name)) {
        throw damaged("'%s' is there twice".formatted(Messages.shorten(name)));
      }
      if (name.equals(METADATA)) {
        metadata(json);
      } else {
        tensors.put(name, entry(json, Messages.shorten(name)));
      }
    }
    json.endObject();
    if (json.peek() != JsonToken.END_DOCUMENT) {
      throw damaged("something stands behind the header's JSON");
    }
  }

  private void metadata(JsonReader json) throws IOException {
    if (json.peek() == JsonToken.NULL) {
      json.nextNull(); // The reference implementation takes it for none.
      return;
    }
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (json.peek() != JsonToken.STRING || metadata.put(key, json.nextString()) != null) {
        throw damaged(
            "'%s' in %s is no string, or is there twice"
                .formatted(Messages.shorten(key), METADATA));
      }
    }
    json.endObject();
  }

  private Entry entry(JsonReader json, String name) throws IOException {
    @Nullable DType type = null;
    @Nullable List<Long> shape = null;
    @Nullable List<Long> offsets = null;
    var keys = new HashSet<String>();
    json.beginObject();
    while (json.hasNext()) {
      String key = json.nextName();
      if (!keys.add(key)) {
        throw damaged("tensor '%s' has two members '%s'".formatted(name, Messages.shorten(key)));
      }
      switch (key) {
        case "dtype" -> type = type(json.nextString(), name);
        case "shape" -> shape = numbers(json, MOST_EXTENTS);
        case "data_offsets" -> offsets = numbers(json, 2);
        default -> json.skipValue();
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.size() != 2) {
      throw damaged(
          "tensor '%s' has %s, expected dtype, shape and two data_offsets"
              .formatted(name, Messages.shorten(keys.toString())));
    }
    var entry = new Entry(type, shape, offsets.get(0), offsets.get(1));
    requireSize(entry, name);
    return entry;
  }

  private DType type(String found, String name) throws CheckpointException {
    return DType.named(found)
        .orElseThrow(
            () ->
                new CheckpointException(
                    file,
                    "tensor '%s' is of type '%s', expected one of %s; convert it before"
                        .formatted(name, Messages.shorten(found), List.of(DType.values()))));
  }

  private static List<Long> numbers(JsonReader json, int most) throws IOException {
    var numbers = new ArrayList<Long>();
    json.beginArray();
    while (json.hasNext()) {
      if (json.peek() != JsonToken.NUMBER || numbers.size() == most) {
        throw new IllegalStateException(
            "expected at most %s whole numbers at %s".formatted(most, json.getPath()));
      }
      numbers.add(Long.parseLong(json.nextString()));
    }
    json.endArray();
    return numbers;
  }

  private void requireSize(Entry entry, String name) throws CheckpointException {
    long expected;
    try {
      expected = Tensor.bytes(entry.type(), entry.shape());
    } catch (IllegalArgumentException e) {
      throw damaged("tensor '%s': %s".formatted(name, Messages.line(e)));
    }
    if (entry.begin() < 0
        || entry.end() < entry.begin()
        || entry.end() - entry.begin() != expected) {
      throw damaged(
          "the data_offsets of tensor '%s' are [%s, %s], expected %s bytes for %s %s"
              .formatted(name, entry.begin(), entry.end(), expected, entry.type(), entry.shape()));
    }
  }

  /** Refuses ranges that overlap, leave gaps, or reach beyond the data. */
  void requireRanges(long dataBytes) throws CheckpointException {
    var byBegin =
        tensors.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    long covered = 0;
    for (var tensor : byBegin) {
      Entry entry = tensor.getValue();
      if (entry.begin() != covered || entry.end() > dataBytes) {
        throw damaged(
            "tensor '%s' lies at bytes %s to %s of the data, expected it to begin at %s and end by %s"
                .formatted(
                    Messages.shorten(tensor.getKey()),
                    entry.begin(),
                    entry.end(),
                    covered,
                    dataBytes));
      }
      covered = entry.end();
    }
    if (covered != dataBytes) {
      throw damaged(
          "the tensors of the header need %s bytes of data, found %s"
              .formatted(covered, dataBytes));
    }
  }

  private CheckpointException damaged(String message) {
    return damaged(file, message);
  }

  static CheckpointException damaged(Path file, String message) {
    return new CheckpointException(
        file, message + "; the file is damaged or not in safetensors format, get it again");
  }
}
