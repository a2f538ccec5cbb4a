// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unspool.engine.BlockSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextSourceTest extends BlockSourceContract {
  @TempDir private Path folder;
  private Tokens tokens;

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("text");
    Files.writeString(file, "abcdefghijklmnop");
    tokens = Tokens.read(file, new Bytes());
  }

  @AfterEach
  void close() {
    tokens.close();
  }

  @Override
  BlockSource open() {
    return new TextSource(tokens, new Range(1, 15), 4);
  }

  @Test
  void targetsAreTheNextTokens() throws IOException {
    // 7 steps for 3 lanes: 3, 3 and 1.
    var steps = read(new TextSource(tokens, new Range(2, 10), 3), 9, 9);
    assertEquals(3, steps.size());
    assertArrayEquals(new float[] {'c', 'd', 1, 1, 'f', 'g', 1, 1, 'i', 'j', 1, 1}, steps.get(0));
    assertArrayEquals(new float[] {'d', 'e', 1, 0, 'g', 'h', 1, 0, 0, 0, 0, 0}, steps.get(1));
    assertArrayEquals(new float[] {'e', 'f', 1, 0, 'h', 'i', 1, 0, 0, 0, 0, 0}, steps.get(2));
  }

  @Test
  void wholeTextInOneLane() throws IOException {
    var source = new TextSource(tokens, new Range(0, 16), 1);
    assertEquals(15, source.steps());
    var steps = read(source, 99, 4);
    assertArrayEquals(new float[] {'a', 'b', 1, 1}, steps.getFirst());
    assertArrayEquals(new float[] {'o', 'p', 1, 0}, steps.getLast());
  }

  @Test
  void saysHowManyTokensAreNeeded() {
    refused(
        new Range(3, 7),
        4,
        "the tokens 3 to 7 are 4 bytes; 4 lanes need at least 5; use a longer text, or fewer lanes");
    refused(new Range(3, 3), 1, "the tokens 3 to 3 are 0 bytes; 1 lanes need at least 2;");
    refused(new Range(3, 17), 1, "tokens 3 to 17 were asked for, there are 16");
    refused(new Range(3, 7), 0, "at least 1 lane is needed, found 0");
  }

  private void refused(Range range, int lanes, String message) {
    Refusal.containing(
        IllegalArgumentException.class, message, () -> new TextSource(tokens, range, lanes));
  }
}
