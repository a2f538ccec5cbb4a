// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the header of a safetensors file says, checked: which arrays there are, and where. */
final class WeightsHeader {
  /** Extents of a shape beyond which nothing sensible is meant. */
  private static final int MOST_EXTENTS = 64;

  /** Bytes of an array, which are read at once. */
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** Characters of a file that stand in a message. */
  private static final int LONGEST = 100;

  /**
   * An array.
   *
   * @param label its name, for messages
   * @param extents of its shape, at least 0 each
   * @param wide whether its numbers are F64, else F32
   * @param begin of its data, from the end of the header
   * @param end of its data
   */
  record Entry(String label, List<Long> extents, boolean wide, long begin, long end) {
    /** Length of its data. */
    long bytes() {
      return end - begin;
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> about = new LinkedHashMap<>();

  private WeightsHeader() {}

  /** The arrays by name. */
  Map<String, Entry> entries() {
    return entries;
  }

  /** Text that stands beside them, by name. */
  Map<String, String> about() {
    return about;
  }

  /**
   * Reads a header.
   *
   * @throws IllegalArgumentException with what was found in it, and what was expected
   */
  static WeightsHeader parse(String json) {
    if (!(Json.parse(json) instanceof Map<?, ?> members)) {
      throw new IllegalArgumentException("its header is no object");
    }
    var header = new WeightsHeader();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = String.valueOf(member.getKey());
      if (name.equals("__metadata__")) {
        header.readAbout(member.getValue());
      } else {
        header.entries.put(name, entry(shown(name), member.getValue()));
      }
    }
    return header;
  }

  private void readAbout(@Nullable Object said) {
    if (said == null) {
      return; // the reference implementation takes it for none
    }
    if (!(said instanceof Map<?, ?> texts)) {
      throw new IllegalArgumentException(
          "__metadata__ is %s, expected an object of texts".formatted(shown(said)));
    }
    texts.forEach(
        (key, value) -> {
          if (!(value instanceof String text)) {
            throw new IllegalArgumentException(
                "%s in __metadata__ is %s, expected a text".formatted(shown(key), shown(value)));
          }
          about.put(String.valueOf(key), text);
        });
  }

  private static Entry entry(String label, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> said)) {
      throw new IllegalArgumentException(
          "%s is %s, expected an object with dtype, shape and data_offsets"
              .formatted(label, shown(value)));
    }
    boolean wide = "F64".equals(said.get("dtype"));
    if (!wide && !"F32".equals(said.get("dtype"))) {
      throw new IllegalArgumentException(
          "%s is of type %s, expected F32 or F64".formatted(label, shown(said.get("dtype"))));
    }
    List<Long> extents = wholes(said.get("shape"), 0, MOST_EXTENTS, label + " has the shape");
    List<Long> range = wholes(said.get("data_offsets"), 2, 2, label + " has the data_offsets");
    var entry = new Entry(label, extents, wide, range.get(0), range.get(1));
    long expected = bytes(extents, wide, label);
    if (entry.end() < entry.begin() || entry.bytes() != expected) {
      throw new IllegalArgumentException(
          "the data_offsets of %s are %s, expected %s bytes for %s %s"
              .formatted(label, range, expected, wide ? "F64" : "F32", extents));
    }
    return entry;
  }

  /** Numbers of a list, each of them at least 0 and so small that a double is exact. */
  private static List<Long> wholes(@Nullable Object value, int least, int most, String what) {
    var wholes = new ArrayList<Long>();
    if (value instanceof List<?> list && list.size() >= least && list.size() <= most) {
      for (Object element : list) {
        if (element instanceof Double number
            && number >= 0
            && number <= 1L << 53
            && number == Math.rint(number)) {
          wholes.add(number.longValue());
        }
      }
      if (wholes.size() == list.size()) {
        return List.copyOf(wholes);
      }
    }
    throw new IllegalArgumentException(
        "%s %s, expected %s whole numbers of at least 0"
            .formatted(what, shown(value), least == most ? most : "at most " + most));
  }

  private static long bytes(List<Long> extents, boolean wide, String label) {
    if (extents.contains(0L)) {
      return 0; // however large the others are
    }
    try {
      long bytes = wide ? Double.BYTES : Float.BYTES;
      for (long extent : extents) {
        bytes = Math.multiplyExact(bytes, extent);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "%s of shape %s is larger than any file".formatted(label, extents), e);
    }
  }

  /**
   * Refuses ranges that overlap, leave gaps, reach beyond the data, or fit into no Java array.
   *
   * @param data bytes behind the header
   */
  void requireRanges(long data) {
    long covered = 0;
    for (Entry entry :
        entries.values().stream()
            .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList()) {
      if (entry.begin() != covered || entry.end() > data) {
        throw new IllegalArgumentException(
            "%s lies at bytes %s to %s of the data, expected it to begin at %s and end by %s"
                .formatted(entry.label(), entry.begin(), entry.end(), covered, data));
      }
      if (entry.bytes() > LARGEST_ARRAY) {
        throw new IllegalArgumentException(
            "%s has %s bytes, at most %s can be read"
                .formatted(entry.label(), entry.bytes(), LARGEST_ARRAY));
      }
      covered = entry.end();
    }
    if (covered != data) {
      throw new IllegalArgumentException(
          "the arrays of its header need %s bytes of data, found %s".formatted(covered, data));
    }
  }

  /** Something of a file in a message: as JSON, which is one line, and not too long. */
  private static String shown(@Nullable Object value) {
    String text = Json.line(value);
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
