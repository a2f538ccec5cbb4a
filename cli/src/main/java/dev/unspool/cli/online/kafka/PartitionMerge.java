// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts partitions into one order: of the records that stand first in each, the earliest by
 * timestamp, and of the same time that of the lower partition. Where a partition is known to have
 * more, it is waited for. So records that are all there come in the same order whenever they are
 * read, however they arrive. Those that were taken before, and are taken once more, come in the
 * order that they had.
 */
final class PartitionMerge {
  /** Messages of a partition above which no more are asked for. */
  private static final int FULL = 500;

  /** Their bytes, likewise. */
  private static final long FULL_BYTES = 1 << 20;

  private final NavigableMap<Integer, Lane> lanes = new TreeMap<>();
  private final ArrayDeque<Integer> known;
  private final Runnable lost;
  private boolean free;

  /** What is there of a partition. */
  private static final class Lane {
    final ArrayDeque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    long bytes;
    boolean hasMore;

    boolean isFull() {
      return records.size() >= FULL || bytes >= FULL_BYTES;
    }
  }

  /**
   * No partition is open.
   *
   * @param known partitions of the records that come next, as far as they were taken before
   * @param lost is called if records of these are not there any more
   */
  PartitionMerge(List<Integer> known, Runnable lost) {
    this.known = new ArrayDeque<>(known);
    this.lost = lost;
  }

  /** How many there are. */
  int partitions() {
    return lanes.size();
  }

  /** Adds a partition. */
  void open(int partition) {
    lanes.putIfAbsent(partition, new Lane());
  }

  /** Says whether the broker has more of it than was added. */
  void hasMore(int partition, boolean more) {
    lane(partition).hasMore = more;
  }

  /** Adds a record behind those of its partition. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    Lane lane = lane(record.partition());
    lane.records.add(record);
    lane.bytes += bytes(record);
  }

  private Lane lane(int partition) {
    Lane lane = lanes.get(partition);
    if (lane == null) {
      throw new IllegalStateException("partition %s is not open".formatted(partition));
    }
    return lane;
  }

  private static long bytes(ConsumerRecord<byte[], byte[]> record) {
    return Math.max(0, record.serializedKeySize())
        + (long) Math.max(0, record.serializedValueSize());
  }

  /** The next record; null if there is none, or an earlier one may be on its way. */
  @Nullable ConsumerRecord<byte[], byte[]> next() {
    Integer partition = known.peek();
    if (partition == null) {
      free = true;
      return earliest();
    }
    Lane lane = lanes.get(partition);
    if (lane != null && !lane.records.isEmpty()) {
      known.remove();
      return take(lane);
    }
    if (lane != null && lane.hasMore) {
      return null;
    }
    known.clear();
    lost.run();
    return next();
  }

  /** Whether the newest record came in an order that was not known before. */
  boolean isFree() {
    return free;
  }

  private @Nullable ConsumerRecord<byte[], byte[]> earliest() {
    Lane earliest = null;
    long time = Long.MAX_VALUE;
    for (Lane lane : lanes.values()) {
      ConsumerRecord<byte[], byte[]> first = lane.records.peek();
      if (first == null) {
        if (lane.hasMore) {
          return null;
        }
      } else if (earliest == null || first.timestamp() < time) {
        earliest = lane;
        time = first.timestamp();
      }
    }
    return earliest == null ? null : take(earliest);
  }

  private static ConsumerRecord<byte[], byte[]> take(Lane lane) {
    ConsumerRecord<byte[], byte[]> next = lane.records.remove();
    lane.bytes -= bytes(next);
    return next;
  }

  /** Partitions of which enough is there for now. */
  List<Integer> full() {
    var full = new ArrayList<Integer>();
    lanes.forEach(
        (partition, lane) -> {
          if (lane.isFull()) {
            full.add(partition);
          }
        });
    return full;
  }
}
