// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sizes of this machine's caches, where the system says them (Linux). Only the order in which
 * products go through memory follows from them, and no result.
 */
final class Caches {
  private static final Path FIRST = Path.of("/sys/devices/system/cpu/cpu0/cache");

  /** Bytes of the first-level cache for data of one core; 32 kB where nothing is said. */
  static final int FIRST_LEVEL = firstLevel(FIRST);

  /** Bytes of the second-level cache of one core; 512 kB where nothing is said. */
  static final int SECOND_LEVEL = secondLevel(FIRST);

  private Caches() {}

  /** Reads the size from a folder as that of the system. */
  static int firstLevel(Path folder) {
    return size(folder, "1", 8 * 1024, 1 << 20, 32 * 1024);
  }

  /** Likewise. */
  static int secondLevel(Path folder) {
    return size(folder, "2", 64 * 1024, 64 << 20, 512 * 1024);
  }

  /** The size of a cache that is not for instructions; what cannot be one is not believed. */
  private static int size(Path folder, String level, int least, int most, int usual) {
    for (int index = 0; index < 8; index++) {
      Path cache = folder.resolve("index" + index);
      try {
        if (Files.readString(cache.resolve("level")).strip().equals(level)
            && !Files.readString(cache.resolve("type")).strip().equals("Instruction")) {
          long bytes = bytes(Files.readString(cache.resolve("size")).strip());
          return bytes < least || bytes > most ? usual : (int) bytes;
        }
      } catch (IOException | NumberFormatException e) {
        continue; // there is no such cache, or its size is not said
      }
    }
    return usual;
  }

  /** {@code 1024K} or {@code 2M}. */
  private static long bytes(String size) {
    long unit = size.endsWith("M") ? 1 << 20 : size.endsWith("K") ? 1 << 10 : 0;
    return unit == 0 ? 0 : unit * Integer.parseInt(size.substring(0, size.length() - 1));
  }
}
