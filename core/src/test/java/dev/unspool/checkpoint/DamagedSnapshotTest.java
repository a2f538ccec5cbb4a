// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A snapshot that is not what it was is reported, and the one before it is taken. */
final class DamagedSnapshotTest extends SnapshotsOnDisk {
  private static final int DAMAGES = 500;

  private byte[] sound = {};

  @BeforeEach
  void two() throws IOException {
    write(series(2), 1);
    write(series(2), 2);
    sound = Files.readAllBytes(file(2));
  }

  private void requirePassedOver(byte[] found, String what) throws IOException {
    Files.write(file(2), found);
    var newest = series(2).newest();
    assertEquals(1, requireSame(newest), what);
    assertEquals(1, newest.damaged().size(), what);
    assertEquals(file(2), newest.damaged().getFirst().file(), what);
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    for (int length = 0; length < sound.length; length++) {
      requirePassedOver(Arrays.copyOf(sound, length), "the first " + length + " bytes");
    }
    requirePassedOver(Arrays.copyOf(sound, sound.length + 1), "a byte too much");
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    for (int i = 0; i < sound.length; i++) {
      byte[] changed = sound.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      requirePassedOver(changed, "byte " + i);
    }
  }

  @Test
  void randomFlipsAndTruncationsAreNoticed() throws IOException {
    long seed = Long.getLong("unspool.seed", new Random().nextLong(1_000_000));
    var random = new Random(seed);
    for (int i = 0; i < 2 * DAMAGES; i++) {
      byte[] changed = sound.clone();
      if (i < DAMAGES) {
        for (int bits = 1 + random.nextInt(3); bits > 0; bits--) {
          changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (Arrays.equals(changed, sound)) {
          changed[0] ^= 1;
        }
      } else {
        changed = Arrays.copyOf(changed, random.nextInt(changed.length));
      }
      requirePassedOver(changed, "-Dunspool.seed=%s, damage %s".formatted(seed, i));
    }
  }

  /** Zeros where the disk had not written yet what it said it had. */
  @Test
  void blocksOfZerosAreNoticed() throws IOException {
    for (int from = 0; from < sound.length - 16; from += 16) {
      byte[] changed = sound.clone();
      Arrays.fill(changed, from, changed.length, (byte) 0);
      requirePassedOver(changed, "zeros from " + from);
    }
  }

  @Test
  void theFileOfAnotherNumberIsNoticed() throws IOException {
    Files.copy(file(1), file(2), StandardCopyOption.REPLACE_EXISTING);
    var newest = series(2).newest();
    assertEquals(1, requireSame(newest));
    String reason = newest.damaged().getFirst().reason();
    assertTrue(reason.contains("it is snapshot 1 by what it holds"), reason);
  }

  @Test
  void aDamagedOneIsMovedOutOfTheWayAndStays() throws IOException {
    byte[] changed = Arrays.copyOf(sound, sound.length - 1);
    Files.write(file(2), changed);
    Files.write(file(3), changed);
    // Whether the writer has looked before or not: it does not count on what is damaged.
    write(series(2), 2);
    assertEquals(2, newest());
    assertEquals(List.of(name(1), name(2), name(2) + ".damaged", name(3) + ".damaged"), files());
    for (int number = 3; number <= 5; number++) {
      write(series(2), number);
    }
    assertArrayEquals(changed, Files.readAllBytes(folder().resolve(name(2) + ".damaged")));
    assertEquals(List.of(name(2) + ".damaged", name(3) + ".damaged", name(4), name(5)), files());
  }

  @Test
  void whereAllAreDamagedThatIsSaid() throws IOException {
    Files.write(file(1), new byte[] {1});
    Files.write(file(2), new byte[0]);
    var newest = series(2).newest();
    assertEquals(-1, requireSame(newest));
    assertEquals(
        List.of(file(2) + ": it has only 0 bytes", file(1) + ": it has only 1 bytes"),
        newest.damaged().stream().map(each -> each.reason().split(";")[0]).toList());
  }
}
