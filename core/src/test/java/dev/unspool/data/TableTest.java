// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableTest {
  @Test
  void holdsNumbersThatAreInMemory() {
    try (var table = Table.of(List.of("a", "b"), 1, 2, 3, 4, 5, 6)) {
      assertEquals(3, table.rows());
      assertEquals(4, table.get(1, 1));
      assertEquals(1, table.column("b"));
      assertEquals(0, table.skippedRows());
      Refusal.of(
          IllegalArgumentException.class,
          "there is no column 'c'; there are 'a', 'b'",
          () -> table.column("c"));
    }
    Refusal.of(
        IllegalArgumentException.class,
        "3 values do not fill rows of 2 columns",
        () -> Table.of(List.of("a", "b"), 1, 2, 3));
    Refusal.containing(
        IllegalArgumentException.class, "found none", () -> Table.of(List.of(), 1, 2, 3));
  }

  @Test
  void listOfVeryManyColumnsIsCut() {
    var names = IntStream.range(0, 100).mapToObj(i -> "c" + i).toList();
    try (var table = Table.of(names, new double[100])) {
      Refusal.containing(
          IllegalArgumentException.class, "'c29' and 70 more", () -> table.column("x"));
    }
  }

  @Test
  void writerKeepsEverythingWhereverItIs() throws IOException {
    // A chunk holds 8192 numbers: sizes around one and several chunks, limits below and above.
    for (int count : new int[] {1, 8_191, 8_192, 8_193, 25_000}) {
      for (long limit : new long[] {0, 8, 70_000, 140_000, 1 << 20}) {
        try (var writer = new SegmentWriter(limit)) {
          for (int i = 0; i < count; i++) {
            writer.write((double) i);
          }
          try (var memory = writer.finish()) {
            String what = "%s numbers, limit %s".formatted(count, limit);
            assertEquals(8L * count, memory.segment().byteSize(), what);
            assertEquals(8L * count <= limit, memory.mapping() == null, what);
            for (int i = 0; i < count; i++) {
              assertEquals(i, memory.segment().getAtIndex(ValueLayout.JAVA_DOUBLE, i), what);
            }
          }
        }
      }
    }
  }

  @Test
  void closedTableCannotBeReadFromTheFile() throws IOException {
    var sink = new RowSink.All(0);
    sink.add(new double[] {1, 2});
    var table = sink.finish(List.of("a", "b"), 5);
    sink.close();
    assertEquals(2, table.get(0, 1));
    assertEquals(5, table.skippedRows());
    table.close();
    table.close();
    assertThrows(IllegalStateException.class, () -> table.get(0, 0));
  }

  @Test
  void temporaryFileIsGoneAtOnce(@TempDir Path folder) throws IOException {
    try (var writer = new SegmentWriter(0, folder)) {
      writer.write(1.0);
      try (var memory = writer.finish();
          var files = Files.list(folder)) {
        assertTrue(memory.segment().isMapped());
        assertEquals(0, files.count());
      }
    }
  }

  @Test
  void saysThatThereIsNoRoomForTheTemporaryFile(@TempDir Path folder) throws IOException {
    var missing = folder.resolve("missing");
    try (var writer = new SegmentWriter(0, missing)) {
      writer.write(1.0);
      Refusal.containing(
          DataException.class,
          missing + ": cannot write a temporary file for data above 0 MiB",
          writer::finish);
    }
  }
}
