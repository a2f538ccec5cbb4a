// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileTailTest {
  @TempDir Path folder;

  private static void put(FileChannel channel, long at, byte value) throws IOException {
    assertEquals(1, channel.write(ByteBuffer.wrap(new byte[] {value}), at));
  }

  @Test
  void theNewestBytesAreKnownHoweverTheyWereRead() throws IOException {
    var random = new Random(3);
    byte[] bytes = new byte[400];
    random.nextBytes(bytes);
    Path file = Files.write(folder.resolve("file"), bytes);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int run = 0; run < 50; run++) {
        var tail = new FileTail(16);
        for (int at = 0; at < bytes.length; ) {
          int count = Math.min(1 + random.nextInt(run % 2 == 0 ? 5 : 40), bytes.length - at);
          tail.add(bytes, at, count);
          at += count;
          assertTrue(tail.isBefore(channel, at));
          int behind = 1 + random.nextInt(20);
          if (behind <= at) {
            byte there = bytes[at - behind];
            put(channel, at - behind, (byte) (there ^ 1));
            assertEquals(behind > 16, tail.isBefore(channel, at), behind + " before " + at);
            put(channel, at - behind, there);
          }
        }
        tail.clear();
        assertTrue(tail.isBefore(channel, 0));
      }
    }
  }
}
