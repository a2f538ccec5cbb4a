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

  /** What is assumed where nothing is said. */
  private static final int USUAL = 512 * 1024;

  /** Bytes of the second-level cache of one core. */
  static final int SECOND_LEVEL = secondLevel(FIRST);

  private Caches() {}

  /** Reads the size from a folder as that of the system. */
  static int secondLevel(Path folder) {
    for (int index = 0; index < 8; index++) {
      Path cache = folder.resolve("index" + index);
      try {
        if (Files.readString(cache.resolve("level")).strip().equals("2")) {
          return bytes(Files.readString(cache.resolve("size")).strip());
        }
      } catch (IOException | NumberFormatException e) {
        continue; // there is no such cache, or its size is not said
      }
    }
    return USUAL;
  }

  /** {@code 1024K} or {@code 2M}; what cannot be the size of such a cache is not believed. */
  private static int bytes(String size) {
    long unit = size.endsWith("M") ? 1 << 20 : size.endsWith("K") ? 1 << 10 : 0;
    long bytes = unit == 0 ? 0 : unit * Integer.parseInt(size.substring(0, size.length() - 1));
    return bytes < 64 * 1024 || bytes > 64 << 20 ? USUAL : (int) bytes;
  }
}
