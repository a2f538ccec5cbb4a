// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order partitions were read, and are read once more. */
final class MergeOrderTest {
  @TempDir Path folder;
  private final List<String> warnings = new ArrayList<>();

  private MergeOrder order() {
    return new MergeOrder(folder.resolve("order.jsonl"), warnings::add);
  }

  @Test
  void saysWhatWasTakenBehindARecord() {
    order().keep(1, List.of(0, 1, 2));
    order().keep(4, List.of(2, 1));
    assertEquals(List.of(0, 1, 2, 2, 1), order().behind(0));
    assertEquals(List.of(2, 2, 1), order().behind(2));
    assertEquals(List.of(1), order().behind(4));
    assertEquals(List.of(), order().behind(5));
    assertEquals(List.of(), order().behind(9));
    assertEquals(List.of(), warnings);
  }

  @Test
  void whatIsSaidAnewCounts() {
    order().keep(1, List.of(0, 1, 2, 0));
    order().keep(5, List.of(1));
    order().keep(3, List.of(7));
    assertEquals(List.of(0, 1, 7), order().behind(0));
    order().keep(1, List.of(8));
    assertEquals(List.of(8), order().behind(0));
  }

  @Test
  void nothingIsKnownOfWhatComesBehindAGap() {
    order().keep(4, List.of(0, 1));
    assertEquals(List.of(), order().behind(0));
    assertEquals(List.of(1), order().behind(4));
    order().keep(9, List.of(2));
    order().keep(10, List.of(2));
    assertEquals(List.of(), order().behind(3));
    assertEquals(List.of(2, 2), order().behind(8));
  }

  @Test
  void damagedLinesAreGaps() throws IOException {
    Path file = folder.resolve("order.jsonl");
    assertEquals(List.of(), order().behind(0), "there is no file");
    order().keep(1, List.of(0));
    for (String damage :
        List.of(
            "{\"record\":2,\"parti\n", "{\"record\":2}\n", "[]\n", "\u00ff\n", "{\"record\":2,")) {
      Files.writeString(file, damage, StandardCharsets.ISO_8859_1, StandardOpenOption.APPEND);
    }
    order().keep(3, List.of(1));
    assertEquals(List.of(), order().behind(0));
    assertEquals(List.of(1), order().behind(2));
  }

  private static ConsumerRecord<byte[], byte[]> record(int partition, long offset) {
    return new ConsumerRecord<>("topic", partition, offset, new byte[] {}, new byte[] {});
  }

  private static PartitionMerge merge(List<Integer> known, List<String> lost) {
    var merge = new PartitionMerge(known, () -> lost.add("lost"));
    for (int partition = 0; partition < 2; partition++) {
      merge.open(partition);
    }
    return merge;
  }

  @Test
  void whatWasTakenBeforeComesInTheSameOrder() {
    var lost = new ArrayList<String>();
    PartitionMerge merge = merge(List.of(1, 0, 1), lost);
    merge.hasMore(1, true);
    merge.add(record(0, 0));
    merge.add(record(0, 1));
    assertNull(merge.next(), "the first of partition 1 is on its way");
    merge.add(record(1, 0));
    merge.add(record(1, 1));
    merge.hasMore(1, false);
    var found = new ArrayList<Integer>();
    for (var each = merge.next(); each != null; each = merge.next()) {
      found.add(each.partition());
      assertEquals(found.size() > 3, merge.isFree());
    }
    assertEquals(List.of(1, 0, 1, 0), found);
    assertEquals(List.of(), lost);
  }

  @Test
  void whatIsGoneIsNotWaitedFor() {
    var lost = new ArrayList<String>();
    PartitionMerge merge = merge(List.of(1, 7, 1), lost);
    merge.add(record(1, 0));
    merge.add(record(0, 0));
    assertEquals(1, Objects.requireNonNull(merge.next()).partition());
    assertFalse(merge.isFree());
    assertEquals(0, Objects.requireNonNull(merge.next()).partition());
    assertEquals(List.of("lost"), lost);
    assertNull(merge.next());
  }
}
