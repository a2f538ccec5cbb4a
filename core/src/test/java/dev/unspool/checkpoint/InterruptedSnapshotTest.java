// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.unspool.checkpoint.FaultyStorage.Fault;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails while a snapshot is written, the one before it is there, and the next one works.
 */
final class InterruptedSnapshotTest extends SnapshotsOnDisk {
  private static final int KEEP = 2;

  /** Writes the next one on a disk that fails at a step; returns whether it has come to that. */
  private boolean tryWrite(int step, boolean forEver, Fault fault) throws IOException {
    var storage = new FaultyStorage(step, forEver, fault);
    long former = newest();
    boolean thrown = false;
    try {
      write(series(KEEP, storage), former + 1);
    } catch (IOException | OutOfMemoryError _) {
      thrown = true;
    }
    String what = "%s at step %s%s".formatted(fault, step, forEver ? " and after it" : "");
    long now = newest();
    assertTrue(now == former || now == former + 1, "%s: %s after %s".formatted(what, now, former));
    assertTrue(thrown || fault == Fault.SILENT || now == former + 1, what + ": nothing was said");
    return storage.failed();
  }

  @ParameterizedTest
  @EnumSource
  void oneStepFails(Fault fault) throws IOException {
    write(series(KEEP), 1);
    write(series(KEEP), 2);
    for (int step = 0; tryWrite(step, false, fault); step++) {
      assertTrue(step < 100, "it always fails");
      long former = newest();
      write(series(KEEP), former + 10);
      assertEquals(former + 10, newest(), "step " + step);
      assertTrue(files().stream().noneMatch(name -> name.endsWith(".tmp")), files()::toString);
      assertEquals(
          KEEP,
          files().stream().filter(name -> name.endsWith(".safetensors")).count(),
          files()::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void allStepsFailFromOneOn(Fault fault) throws IOException {
    write(series(KEEP), 1);
    boolean former = false;
    boolean next = false;
    for (int step = 0; ; step++) {
      long before = newest();
      if (!tryWrite(step, true, fault)) {
        assertTrue(step > 7, "only %s steps were tried".formatted(step));
        break;
      }
      former |= newest() == before;
      next |= newest() > before;
    }
    assertTrue(former && next, "both happen");
    long last = newest();
    write(series(KEEP), last + 1);
    assertEquals(last + 1, newest());
    assertTrue(files().stream().noneMatch(name -> name.endsWith(".tmp")), files()::toString);
  }

  /** The writer itself goes on, as a process does whose disk is full for an hour. */
  @ParameterizedTest
  @EnumSource(names = "SILENT", mode = EnumSource.Mode.EXCLUDE)
  void theSameWriterGoesOn(Fault fault) throws IOException {
    for (int step = 0; step < 12; step++) {
      var series = series(KEEP, new FaultyStorage(step, false, fault));
      long number = newest();
      for (int i = 0; i < 4; i++) {
        number++;
        try {
          write(series, number);
          assertEquals(number, newest(), "step " + step);
        } catch (IOException | OutOfMemoryError _) {
          assertTrue(newest() == number || newest() == number - 1, "step " + step);
        }
      }
      assertEquals(number, newest(), "step " + step);
    }
  }

  @Test
  void aFirstOneThatFailsLeavesNothing() throws IOException {
    for (int step = 0; ; step++) {
      var storage = new FaultyStorage(step, true);
      try {
        write(series(KEEP, storage), 1);
      } catch (IOException _) {
        if (newest() == 1) {
          return; // it failed behind the rename
        }
        write(series(KEEP), 0);
        assertEquals(0, newest());
        Files.delete(file(0));
      }
    }
  }

  /** File systems that are full, and read only, where this process may make such. */
  @Test
  void realDisksThatCannotBeWritten() throws Exception {
    Path disk = Files.createDirectory(temporary.resolve("disk"));
    assumeTrue(mount(disk, "size=2m"), "only root mounts file systems");
    try {
      var series = new SnapshotSeries(disk.resolve("snapshots"), 2);
      series.write(1, Map.of(), megabytes(0.7));
      series.write(2, Map.of(), megabytes(0.7));
      requireRefused(series, disk);
      assertTrue(mount(disk, "remount,ro"));
      requireRefused(series, disk);
      assertTrue(mount(disk, "remount,rw"));
      series.write(3, Map.of(), megabytes(0.5));
      assertEquals(3, series.newest().snapshot().orElseThrow().number());
    } finally {
      assertEquals(0, run("umount", disk.toString()));
    }
  }

  private static void requireRefused(SnapshotSeries series, Path disk) throws IOException {
    var refused = assertThrows(IOException.class, () -> series.write(3, Map.of(), megabytes(0.7)));
    assertTrue(String.valueOf(refused.getMessage()).startsWith(disk.toString()), refused::toString);
    assertTrue(refused.toString().contains("snapshot-3.safetensors"), refused::toString);
    assertEquals(2, series.newest().snapshot().orElseThrow().number());
    assertArrayEquals(
        new String[] {"snapshot-1.safetensors", "snapshot-2.safetensors"},
        Arrays.stream(disk.resolve("snapshots").toFile().list()).sorted().toArray());
  }

  private static boolean mount(Path disk, String options) throws Exception {
    return run("mount", "-t", "tmpfs", "-o", options, "none", disk.toString()) == 0;
  }

  private static int run(String... words) throws Exception {
    try {
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException _) {
      return -1; // there is no such command
    }
  }

  private static Snapshot megabytes(double count) {
    var state = new Snapshot();
    state.put("values", new double[(int) (count * (1 << 17))]);
    return state;
  }
}
