// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import dev.unspool.cli.run.RunException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** All partitions of a topic, and where each of them is read. */
final class Partitions {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final boolean earliestLeft;
  private final java.util.function.Consumer<String> remarks;

  /** Where the stream was left; of a partition that is new, nothing. */
  private final Map<Integer, Long> left;

  /** Those that are read, and where each of them ended when that began. */
  private final Map<TopicPartition, Long> ends = new LinkedHashMap<>();

  /**
   * The partitions of a topic; none is read yet.
   *
   * @param left offset of the next record by partition, where the stream was left
   * @param earliestLeft whether to go on behind records that were deleted before they were read
   * @param remarks takes what people should know
   */
  Partitions(
      Consumer<byte[], byte[]> consumer,
      String topic,
      Map<Integer, Long> left,
      boolean earliestLeft,
      java.util.function.Consumer<String> remarks) {
    this.consumer = consumer;
    this.topic = topic;
    this.left = new TreeMap<>(left);
    this.earliestLeft = earliestLeft;
    this.remarks = remarks;
  }

  /** Those that are read. */
  Collection<TopicPartition> open() {
    return ends.keySet();
  }

  /**
   * Begins to read partitions that are not read yet.
   *
   * @return those; none if no broker says anything
   * @throws RunException if there is no such topic, or not what was left
   */
  List<TopicPartition> openNew() throws RunException {
    try {
      List<TopicPartition> found = new ArrayList<>();
      for (PartitionInfo each : found()) {
        found.add(new TopicPartition(topic, each.partition()));
      }
      found.removeAll(ends.keySet());
      if (found.isEmpty()) {
        return found;
      }
      Map<TopicPartition, Long> first = consumer.beginningOffsets(found, PATIENCE);
      Map<TopicPartition, Long> last = consumer.endOffsets(found, PATIENCE);
      var begin = new TreeMap<Integer, Long>();
      for (TopicPartition each : found) {
        begin.put(each.partition(), begin(each, known(first, each), known(last, each)));
      }
      ends.putAll(last);
      consumer.assign(ends.keySet());
      found.forEach(each -> consumer.seek(each, known(begin, each.partition())));
      return found;
    } catch (TimeoutException _) {
      return List.of();
    }
  }

  private List<PartitionInfo> found() throws RunException {
    List<PartitionInfo> found = consumer.partitionsFor(topic, PATIENCE);
    if (found == null || found.isEmpty()) {
      throw new RunException(
          "there is no topic '%s'; create it, or name another with --topic".formatted(topic));
    }
    for (int partition : left.keySet()) {
      if (found.stream().noneMatch(each -> each.partition() == partition)) {
        throw anew("it has no partition %s".formatted(partition));
      }
    }
    return found;
  }

  private RunException anew(String why) {
    return new RunException(
        "topic '%s' was made anew since the stream was left: %s; choose another --out"
            .formatted(topic, why));
  }

  private static <K> long known(Map<K, Long> offsets, K of) {
    Long offset = offsets.get(of);
    if (offset == null) {
      throw new TimeoutException("no offset of " + of);
    }
    return offset;
  }

  private long begin(TopicPartition partition, long first, long last) throws RunException {
    Long before = left.get(partition.partition());
    if (before == null) {
      if (!left.isEmpty() || !ends.isEmpty()) {
        remarks.accept(
            "topic '%s' has a new partition %s; it is read from its beginning"
                .formatted(topic, partition.partition()));
      }
      return first;
    }
    if (before > last) {
      throw anew(
          "partition %s ends at offset %s, and offset %s comes next"
              .formatted(partition.partition(), last, before));
    }
    return before < first ? deleted(partition, before, first) : before;
  }

  /** Takes note of records that are gone before they were read. */
  private long deleted(TopicPartition partition, long before, long first) throws RunException {
    String gone =
        "offsets %s to %s of partition %s of topic '%s' were deleted before they were read"
            .formatted(before, first - 1, partition.partition(), topic);
    if (!earliestLeft) {
      throw new RunException(
          gone + "; go on with what is left (--from-earliest-left), or choose another --out");
    }
    remarks.accept(gone + "; going on with what is left");
    return first;
  }

  /**
   * Goes on behind records that were deleted while the stream ran.
   *
   * @throws RunException if that is not wanted
   */
  void skipDeleted(OffsetOutOfRangeException thrown) throws RunException {
    try {
      for (Map.Entry<TopicPartition, Long> each : thrown.offsetOutOfRangePartitions().entrySet()) {
        TopicPartition partition = each.getKey();
        long first = known(consumer.beginningOffsets(List.of(partition), PATIENCE), partition);
        if (first <= each.getValue()) {
          throw anew(
              "partition %s has no offset %s".formatted(partition.partition(), each.getValue()));
        }
        consumer.seek(partition, deleted(partition, each.getValue(), first));
      }
    } catch (TimeoutException _) {
      // The next poll says the same.
    }
  }

  /** Whether the broker is known to have records of it that were not handed out. */
  boolean hasMore(TopicPartition partition) {
    OptionalLong lag = consumer.currentLag(partition);
    return lag.isPresent()
        ? lag.getAsLong() > 0
        : consumer.position(partition, PATIENCE) < known(ends, partition);
  }
}
