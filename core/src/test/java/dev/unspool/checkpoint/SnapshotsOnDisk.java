// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** A folder with snapshots of which each has its number in everything that it holds. */
abstract class SnapshotsOnDisk {
  @TempDir Path temporary;

  Path folder() {
    return temporary.resolve("snapshots");
  }

  SnapshotSeries series(int keep) {
    return new SnapshotSeries(folder(), keep, new UnsyncedStorage());
  }

  SnapshotSeries series(int keep, Storage storage) {
    return new SnapshotSeries(folder(), keep, storage);
  }

  static Path write(SnapshotSeries into, long number) throws IOException {
    var about = Map.of("number", Long.toString(number));
    return into.write(number, about, state(number));
  }

  static Snapshot state(long number) {
    var state = new Snapshot();
    state.put("records", number);
    state.put("theta", number, Float.NaN, -0f, Float.intBitsToFloat(0x7fc12345));
    state.put("scale", number + 0.1, Double.NEGATIVE_INFINITY);
    state.put("nothing", new double[0]);
    state.put("key", 1L, -1L, Long.MIN_VALUE);
    return state;
  }

  /** The number of the newest snapshot, -1 if there is none; everything in it must fit that. */
  long newest() throws IOException {
    return requireSame(series(1).newest());
  }

  static long requireSame(SnapshotSeries.Newest newest) {
    for (var damaged : newest.damaged()) {
      assertTrue(damaged.reason().startsWith(damaged.file() + ": "), damaged::toString);
      assertFalse(damaged.reason().contains("\n"), damaged::toString);
    }
    if (newest.snapshot().isEmpty()) {
      return -1;
    }
    var saved = newest.snapshot().orElseThrow();
    var expected = state(saved.number());
    assertEquals(Map.of("number", Long.toString(saved.number())), saved.about());
    assertEquals(
        expected.entries().keySet(), saved.state().entries().keySet(), "and nothing of the file's");
    assertArrayEquals(expected.longs("records"), saved.state().longs("records"));
    assertArrayEquals(expected.longs("key"), saved.state().longs("key"));
    assertArrayEquals(expected.doubles("scale"), saved.state().doubles("scale"));
    assertEquals(0, saved.state().doubles("nothing").length);
    float[] theta = saved.state().floats("theta");
    for (int i = 0; i < theta.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected.floats("theta")[i]), Float.floatToRawIntBits(theta[i]));
    }
    return saved.number();
  }

  List<String> files() throws IOException {
    if (!Files.exists(folder())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  static String name(long number) {
    return "snapshot-%s.safetensors".formatted(number);
  }

  Path file(long number) {
    return folder().resolve(name(number));
  }
}
