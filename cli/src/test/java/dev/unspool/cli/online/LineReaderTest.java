// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines of pipes, and of files that grow, are rotated and cut off. */
final class LineReaderTest {
  private static final int LONGEST = 1000;

  @TempDir Path folder;

  private final List<String> remarks = new ArrayList<>();

  private static String line(LineReader lines) {
    return new String(lines.bytes(), lines.from(), lines.to() - lines.from(), UTF_8);
  }

  /** All lines that are there now. */
  private static List<String> now(LineReader lines) throws IOException {
    var found = new ArrayList<String>();
    while (true) {
      switch (lines.next(0)) {
        case LINE -> found.add(line(lines));
        case ANEW -> found.add("ANEW");
        case NONE -> {
          return found;
        }
        case END -> {
          found.add("END");
          return found;
        }
      }
    }
  }

  /** Gives what is there in pieces of any size, and sometimes nothing. */
  private record Pieces(byte[] bytes, int[] at, Random random) implements ByteFeed {
    @Override
    public int read(byte[] into, int to, int length, long waitMillis) {
      if (at[0] == bytes.length) {
        return END;
      }
      int count = Math.min(random.nextInt(40), Math.min(length, bytes.length - at[0]));
      System.arraycopy(bytes, at[0], into, to, count);
      at[0] += count;
      return count;
    }

    @Override
    public void close() {}
  }

  @Test
  void linesAreWholeHoweverTheyCome() throws IOException {
    long seed = Long.getLong("unspool.seed", new Random().nextLong(1_000_000));
    System.out.println("LineReaderTest: -Dunspool.seed=" + seed);
    var random = new Random(seed);
    for (int run = 0; run < 50; run++) {
      var text = new StringBuilder();
      var expected = new ArrayList<String>();
      var ends = new ArrayList<Long>();
      for (int i = random.nextInt(60); i > 0; i--) {
        String line =
            "x".repeat(random.nextInt(4) == 0 ? random.nextInt(3000) : random.nextInt(20));
        text.append(line).append(random.nextBoolean() ? "\n" : "\r\n");
        expected.add(line.substring(0, Math.min(LONGEST, line.length())));
        ends.add((long) text.length());
      }
      if (random.nextBoolean()) {
        text.append("end");
        expected.add("end");
        ends.add((long) text.length());
      }
      var lines =
          new LineReader(
              new Pieces(text.toString().getBytes(UTF_8), new int[1], random), LONGEST, 0);
      for (int i = 0; i < expected.size(); ) {
        if (lines.next(0) == LineReader.Found.LINE) {
          assertEquals(expected.get(i), line(lines), "seed " + seed);
          assertEquals(ends.get(i), lines.consumed(), "seed " + seed);
          assertEquals(
              expected.get(i).length() == LONGEST && lines.length() > LONGEST, lines.isCut());
          i++;
        }
      }
      LineReader.Found last = LineReader.Found.NONE;
      while (last == LineReader.Found.NONE) {
        last = lines.next(0);
      }
      assertEquals(LineReader.Found.END, last);
    }
  }

  @Test
  void aPipeIsReadToItsEnd() throws IOException {
    var lines =
        new LineReader(new PipeFeed(new ByteArrayInputStream("a\nb".getBytes(UTF_8))), 9, 0);
    assertEquals(LineReader.Found.LINE, lines.next(60_000));
    assertEquals("a", line(lines));
    assertEquals(LineReader.Found.LINE, lines.next(60_000));
    assertEquals("b", line(lines));
    assertEquals(LineReader.Found.END, lines.next(60_000));
    var broken =
        new PipeFeed(
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("it is broken");
              }
            });
    IOException said =
        assertThrows(IOException.class, () -> broken.read(new byte[9], 0, 9, 60_000));
    assertTrue(String.valueOf(said.getMessage()).contains("it is broken"), said::toString);
  }

  private LineReader follow(Path file, long offset, String mark) throws IOException {
    var feed = new FileFeed(file, offset, mark, remarks::add);
    return new LineReader(feed, LONGEST, feed.offset());
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Test
  void aFileIsFollowed() throws IOException {
    Path file = folder.resolve("log");
    try (LineReader lines = follow(file, 0, "")) {
      assertEquals(List.of(), now(lines), "it is not there yet");
      append(file, "a\nb");
      assertEquals(List.of("a"), now(lines));
      append(file, "c\n");
      assertEquals(List.of("bc"), now(lines), "a line is whole when it ends");
      assertEquals(5, lines.consumed());

      append(file, "d\n");
      Files.move(file, folder.resolve("log.1"));
      append(folder.resolve("log.1"), "e\nf");
      assertEquals(List.of("d", "e"), now(lines), "the old one is read to its end");
      append(file, "g\n");
      assertEquals(List.of("f", "ANEW", "g"), now(lines));
      assertEquals(2, lines.consumed());

      Files.writeString(file, "");
      assertEquals(List.of("ANEW"), now(lines));
      append(file, "h\n");
      assertEquals(List.of("h"), now(lines));
      assertEquals(3, remarks.size(), remarks::toString);
    }
  }

  /** The name stays, the bytes are others and more: only what was read tells. */
  @Test
  void aFileThatWasCutOffAndHasGrownIsReadFromItsBeginning() throws IOException {
    Path file = folder.resolve("log");
    append(file, "a\nb\n");
    try (LineReader lines = follow(file, 0, "")) {
      assertEquals(List.of("a", "b"), now(lines));
      Files.writeString(file, "c\nd\ne\nf\n");
      String mark = lines.mark(4);
      assertEquals(List.of("ANEW", "c", "d", "e", "f"), now(lines));
      assertEquals(1, remarks.size(), remarks::toString);
      append(file, "g\n");
      assertEquals(List.of("g"), now(lines));
      try (LineReader again = follow(file, 4, mark)) {
        assertEquals(List.of("c", "d", "e", "f", "g"), now(again), "the place is not there");
      }
      assertEquals(2, remarks.size(), remarks::toString);
      String place = lines.mark(lines.consumed());
      try (LineReader again = follow(file, lines.consumed(), place)) {
        Files.writeString(file, "h".repeat(20) + "\n");
        assertEquals(List.of("ANEW", "h".repeat(20)), now(again), "also after a restart");
      }
    }
  }

  @Test
  void aFileIsFoundAgain() throws IOException {
    Path file = folder.resolve("log");
    append(file, "a\nb\nc\n");
    long offset;
    String mark;
    try (LineReader lines = follow(file, 0, "")) {
      assertEquals(LineReader.Found.LINE, lines.next(0));
      offset = lines.consumed();
      mark = lines.mark(offset);
    }
    try (LineReader lines = follow(file, offset, mark)) {
      assertEquals(List.of("b", "c"), now(lines));
    }
    assertEquals(List.of(), remarks);
    Path other = folder.resolve("other");
    append(other, "x\ny\nz\n");
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    try (LineReader lines = follow(file, offset, mark)) {
      assertEquals(List.of("x", "y", "z"), now(lines));
    }
    assertEquals(1, remarks.size(), remarks::toString);
    Files.writeString(file, "s");
    try (LineReader lines = follow(file, offset, mark)) {
      assertEquals(List.of(), now(lines));
    }
    assertEquals(2, remarks.size(), remarks::toString);
  }
}
