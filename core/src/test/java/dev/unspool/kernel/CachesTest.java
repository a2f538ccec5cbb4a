// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading sizes as Linux says them. */
class CachesTest {
  private static final int ASSUMED = 512 * 1024;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "1024K, 1048576",
    "2M, 2097152",
    "512K, 524288",
    "262144, 524288",
    "1K, 524288",
    "99999999M, 524288",
    "much, 524288",
    "'', 524288"
  })
  void theSecondLevelIsFound(String said, int bytes) throws IOException {
    caches("32K", said);
    assertEquals(bytes, Caches.secondLevel(folder));
  }

  @ParameterizedTest
  @CsvSource({"48K, 49152", "32K, 32768", "64M, 32768", "'', 32768"})
  void theFirstLevelIsThatOfData(String said, int bytes) throws IOException {
    caches(said, "2M");
    assertEquals(bytes, Caches.firstLevel(folder));
  }

  @Test
  void whereNothingIsSaidItIsAssumed() {
    assertEquals(ASSUMED, Caches.secondLevel(folder.resolve("nothing")));
    assertEquals(32 * 1024, Caches.firstLevel(folder.resolve("nothing")));
  }

  private void caches(String first, String second) throws IOException {
    cache("index0", "1\n", "Instruction\n", "16K\n");
    cache("index1", "1\n", "Data\n", first + "\n");
    cache("index2", "2\n", "Unified\n", second + "\n");
    cache("index3", "3\n", "Unified\n", "32768K\n");
  }

  private void cache(String name, String level, String type, String size) throws IOException {
    Path cache = Files.createDirectory(folder.resolve(name));
    Files.writeString(cache.resolve("level"), level);
    Files.writeString(cache.resolve("type"), type);
    Files.writeString(cache.resolve("size"), size);
  }
}
