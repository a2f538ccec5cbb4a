// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import dev.unspool.cli.run.RunException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** By partition, the offset of the next record that is to be taken, in words for a snapshot. */
final class Offsets {
  private static final String TOPIC = "kafka.topic";
  private static final String OFFSETS = "kafka.offsets";

  private Offsets() {}

  /** The words. */
  static Map<String, String> about(String topic, Map<Integer, Long> offsets) {
    return Map.of(
        TOPIC,
        topic,
        OFFSETS,
        new TreeMap<>(offsets)
            .entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue())
                .collect(Collectors.joining(",")));
  }

  /**
   * The offsets that words say; empty where they say none.
   *
   * @throws RunException if they are of another topic, or damaged
   */
  static Map<Integer, Long> of(String topic, Map<String, String> about) throws RunException {
    String before = about.getOrDefault(TOPIC, topic);
    if (!before.equals(topic)) {
      throw new RunException(
          "the stream has read topic '%s', found --topic %s; use that topic, or choose another --out"
              .formatted(before, topic));
    }
    var offsets = new TreeMap<Integer, Long>();
    String text = about.getOrDefault(OFFSETS, "");
    try {
      for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        int colon = each.indexOf(':');
        offsets.put(
            Integer.parseInt(each, 0, Math.max(colon, 0), 10),
            Long.parseLong(each, colon + 1, each.length(), 10));
      }
    } catch (NumberFormatException _) {
      throw new RunException(
          "the snapshot says offsets '%s', expected some such as 0:812,1:55".formatted(text));
    }
    return offsets;
  }
}
