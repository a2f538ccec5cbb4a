// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SnapshotSeriesTest extends SnapshotsOnDisk {
  @Test
  void theNewestOfTheLastFewComesBackBitForBit() throws IOException {
    var series = series(3);
    assertEquals(-1, newest());
    assertFalse(Files.exists(folder()), "who only looks makes nothing");
    for (long number : new long[] {0, 1, 7, 10, 100}) {
      assertEquals(file(number), write(series, number));
      assertEquals(number, newest());
    }
    assertEquals(List.of(name(10), name(100), name(7)), files());
  }

  @Test
  void oneIsEnough() throws IOException {
    for (long number = 1; number <= 3; number++) {
      write(series(1), number);
      assertEquals(List.of(name(number)), files());
    }
    for (int none : new int[] {0, -1}) {
      var refused = assertThrows(IllegalArgumentException.class, () -> series(none));
      assertEquals(none + " snapshots would be kept, expected at least 1", refused.getMessage());
    }
  }

  @Test
  void otherProgramsReadIt() throws IOException {
    write(series(1), 5);
    var file = Safetensors.read(file(5));
    assertArrayEquals(new long[] {5}, file.tensor("records").longs());
    assertEquals("5", file.metadata().get("number"));
    assertEquals("5", file.metadata().get("unspool.number"));
  }

  /** A hundred keys more or less do not matter, nor a hundred thousand. */
  @ParameterizedTest
  @ValueSource(ints = {1, 1023, 1024, 1025, 3000, 300_000})
  void anyNumberOfArraysComesBack(int count) throws IOException {
    var state = new Snapshot();
    for (int i = 0; i < count; i++) {
      switch (i % 3) {
        case 0 -> state.put("key" + i + ".äöü", new float[i % 5]);
        case 1 -> state.put("key" + i, i, Math.nextUp((double) i));
        default -> state.put("key" + i, Long.MIN_VALUE + i);
      }
    }
    Path file = series(1).write(1, Map.of(), state);
    Snapshot found = series(1).newest().snapshot().orElseThrow().state();
    assertEquals(count, found.entries().size());
    for (int i = 0; i < count; i++) {
      switch (i % 3) {
        case 0 -> assertEquals(i % 5, found.floats("key" + i + ".äöü").length);
        case 1 ->
            assertArrayEquals(
                new double[] {i, Math.nextUp((double) i)}, found.doubles("key" + i), "array " + i);
        default -> assertEquals(Long.MIN_VALUE + i, found.number("key" + i));
      }
    }
    assertTrue(Files.size(file) < 2000 + 120L * Math.min(count, 1030) + 60L * count);
  }

  @Test
  void numbersGoOnAfterARestart() throws IOException {
    write(series(3), 41);
    var restarted = series(3);
    var behind = assertThrows(IllegalArgumentException.class, () -> write(restarted, 40));
    assertTrue(String.valueOf(behind.getMessage()).contains("40 would come after " + file(41)));
    assertEquals(List.of(name(41)), files());
    write(restarted, 41); // nothing came since
    write(restarted, 42);
    assertEquals(List.of(name(41), name(42)), files());
    assertThrows(IllegalArgumentException.class, () -> write(restarted, -1));
    assertThrows(IllegalArgumentException.class, () -> write(restarted, Long.MAX_VALUE));
    write(restarted, 999_999_999_999_999_999L);
    assertEquals(999_999_999_999_999_999L, newest());
  }

  @Test
  void namesOfItsOwnAreNotFree() throws IOException {
    var series = series(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> series.write(1, Map.of("unspool.number", "2"), state(1)));
    var state = new Snapshot();
    state.put("__crc32c__", 1L);
    assertThrows(IllegalArgumentException.class, () -> series.write(1, Map.of(), state));
    var packed = new Snapshot();
    packed.put("__packed__.index", 1L);
    assertThrows(IllegalArgumentException.class, () -> series.write(1, Map.of(), packed));
    assertEquals(List.of(), files());
  }

  @Test
  void filesOfOthersAreLeftAlone() throws IOException {
    Files.createDirectories(folder());
    var others =
        List.of("notes.txt", "snapshot-.safetensors", "snapshot-07.safetensors", "x.safetensors");
    for (String other : others) {
      Files.writeString(folder().resolve(other), "mine");
    }
    Files.writeString(folder().resolve("snapshot-3.safetensors.tmp"), "cut off");
    write(series(1), 1);
    write(series(1), 2);
    for (String other : others) {
      assertEquals("mine", Files.readString(folder().resolve(other)));
    }
    assertEquals(others.size() + 1, files().size(), () -> "what was cut off is cleared away");
    assertEquals(2, newest());
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Files.writeString(folder(), "a file in the way");
    var inTheWay = assertThrows(FileSystemException.class, () -> write(series(1), 1));
    assertTrue(inTheWay.toString().contains(folder().toString()), inTheWay::toString);
    assertThrows(FileSystemException.class, () -> series(1).newest());
    Files.delete(folder());

    write(series(2), 1);
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(folder()), "whoever is root may write anywhere");
      var denied = assertThrows(AccessDeniedException.class, () -> write(series(2), 2));
      assertTrue(denied.toString().contains(name(2)), denied::toString);
      assertEquals(1, newest());
    } finally {
      Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    write(series(2), 2);
    assertEquals(2, newest());
  }

  /** What may not be read is not damaged: to go on from an older one would lose records. */
  @Test
  void whatMayNotBeReadIsNotPassedOver() throws IOException {
    write(series(2), 1);
    write(series(2), 2);
    Files.setPosixFilePermissions(file(2), PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file(2)), "whoever is root may read anything");
    assertThrows(AccessDeniedException.class, () -> series(2).newest());
    assertThrows(AccessDeniedException.class, () -> write(series(2), 3));
  }

  @Test
  void othersReadWhileItIsWritten() throws Exception {
    var writing = series(1);
    write(writing, 0);
    try (var threads = Executors.newSingleThreadExecutor()) {
      Callable<Integer> appending =
          () -> {
            for (int number = 1; number <= 300; number++) {
              write(writing, number);
            }
            return 300;
          };
      var writer = threads.submit(appending);
      long last = 0;
      do {
        var newest = series(1).newest();
        assertEquals(List.of(), newest.damaged());
        long number = requireSame(newest);
        assertTrue(number >= last, number + " after " + last);
        last = number;
      } while (!writer.isDone());
      assertEquals(300, writer.get());
    }
    assertEquals(300, newest());
  }

  @Test
  void whatIsNoFileIsPassedOver() throws Exception {
    write(series(9), 1);
    Files.createDirectory(file(2));
    assertEquals(0, new ProcessBuilder("mkfifo", file(3).toString()).inheritIO().start().waitFor());
    Files.createSymbolicLink(file(4), Path.of("nowhere"));
    Files.createFile(file(5));
    var series = series(9);
    var newest = series.newest();
    assertEquals(1, requireSame(newest));
    assertEquals(
        List.of(file(5), file(4), file(3), file(2)),
        newest.damaged().stream().map(SnapshotSeries.Damaged::file).toList());
    write(series, 2);
    assertEquals(2, newest());
    assertEquals(List.of(), series.newest().damaged());
    assertTrue(files().contains(name(4) + ".damaged"), files()::toString);
  }
}
