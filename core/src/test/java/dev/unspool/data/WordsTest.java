// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WordsTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("text");
  }

  private Words count(String text, int maxSize, long to) throws IOException {
    Files.writeString(file, text);
    return Words.count(file, maxSize, new Range(0, to));
  }

  private String tokens(String text) throws IOException {
    var words = count(text, 1000, 1000);
    try (var tokens = Tokens.read(file, words)) {
      assertEquals(tokens.size(), Words.countIn(file));
      var joined = new StringBuilder();
      for (long i = 0; i < tokens.size(); i++) {
        joined.append(words.word(tokens.at(i))).append('|');
      }
      return joined.toString();
    }
  }

  @Test
  void linesEndAsInTheLiterature() throws IOException {
    assertEquals("the|cat|<eos>|sat|<eos>|", tokens("the cat\nsat\n"));
    assertEquals("the|cat|<eos>|sat|<eos>|", tokens("the cat\nsat"));
    assertEquals("the|cat|<eos>|sat|<eos>|", tokens("\ufeff the  cat \r\n\tsat\r\n"));
    assertEquals("a|<eos>|<eos>|<eos>|b|<eos>|", tokens("a\n\n \nb"));
    assertEquals("a|<eos>|<eos>|", tokens("a\n  "));
    assertEquals("<eos>|", tokens("\n"));
    assertEquals("über|日本|<eos>|", tokens("über\u2003日本"));
  }

  @Test
  void mostFrequentWordsOfTheTrainingPart() throws IOException {
    // The ends of lines are words 4 and 7.
    String text = "c b b a\nc b\nz z z z z\n";
    assertEquals(List.of("<unk>", "<eos>", "b", "c", "a"), count(text, 100, 8).words());
    assertEquals(List.of("<unk>", "<eos>", "b", "c"), count(text, 4, 8).words());
    assertEquals(List.of("<unk>", "<eos>"), count(text, 2, 8).words());
    assertEquals(List.of("<unk>", "<eos>", "z"), count(text, 3, 100).words());
    assertEquals(
        List.of("<unk>", "<eos>", "b", "c"), count("<unk> b c b <unk> <eos>", 9, 9).words());
  }

  @Test
  void encodesAndDecodes() {
    var words = new Words(List.of("the", "<unk>", "cat", "<eos>"));
    assertEquals(4, words.size());
    assertEquals("words", words.label());
    assertArrayEquals(new int[] {0, 2, 3, 1, 0}, words.encode("the cat\ndog  the"));
    assertArrayEquals(new int[] {0, 3}, words.encode("the\n"));
    assertArrayEquals(new int[] {}, words.encode(""));
    assertEquals("the cat\n<unk> the", words.decode(0, 2, 3, 1, 0));
    assertEquals("\n\nthe", words.decode(3, 3, 0));
    assertEquals(3, words.endOfLine());
    assertEquals(1, words.index("dog"));
  }

  @Test
  void charactersAddUpToTheFile() throws IOException {
    String text = " a déjà 𝒳y\n\nend  unknown";
    Files.writeString(file, text);
    var words = new Words(List.of("<unk>", "<eos>", "a"));
    try (var tokens = Tokens.read(file, words)) {
      // a, déjà, 𝒳y, two ends of lines, end, unknown, end of line.
      assertEquals(8, tokens.size());
      assertEquals(24, text.codePointCount(0, text.length()));
      assertEquals(24, tokens.characters(new Range(0, 8)));
      var expected = new long[] {3, 5, 2, 1, 1, 5, 7, 0};
      for (int i = 0; i < 8; i++) {
        assertEquals(expected[i], tokens.characters(new Range(i, i + 1)), "token " + i);
      }
      assertEquals(0, tokens.characters(new Range(3, 3)));
    }
  }

  @Test
  void tokensAreTheSameOnTheHeapAndMapped() throws IOException {
    Files.writeString(file, "one two three four\n".repeat(5000));
    var words = Words.count(file, 100, new Range(0, 1000));
    try (var heap = Tokens.read(file, words);
        var mapped = Tokens.read(file, words, 1000)) {
      assertEquals(25_000, mapped.size());
      for (long i = 0; i < mapped.size(); i++) {
        assertEquals(heap.at(i), mapped.at(i));
        assertEquals(
            heap.characters(new Range(0, i)), mapped.characters(new Range(0, i)), "token " + i);
      }
    }
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    Files.write(file, "one\ntwo\nthr\u00e9e\n".getBytes(StandardCharsets.ISO_8859_1));
    String message =
        file + ":3: found the byte 0xe9, which is not UTF-8; convert the file to UTF-8";
    Refusal.of(DataException.class, message, () -> Words.countIn(file));
    Refusal.of(DataException.class, message, () -> Words.count(file, 9, new Range(0, 9)));
    var words = new Words(List.of("<unk>", "<eos>"));
    Refusal.of(DataException.class, message, () -> Tokens.read(file, words));
    // The character is cut off by the end of the file.
    Files.write(file, new byte[] {'a', '\n', (byte) 0xc3});
    Refusal.containing(DataException.class, ":2: found the byte 0xc3", () -> Words.countIn(file));
  }

  @Test
  void refusesFilesWithoutWords() throws IOException {
    Refusal.of(
        DataException.class, file + ": file not found; check the path", () -> Words.countIn(file));
    Files.writeString(file, "\ufeff");
    Refusal.of(
        DataException.class, file + ": there are no words in the file", () -> Words.countIn(file));
  }

  @Test
  void refusesAWordWithoutEnd() throws IOException {
    String longest = "a".repeat(1 << 20);
    Files.writeString(file, "b\n" + longest + "\n" + longest);
    assertEquals(6, Words.countIn(file));
    String message =
        file
            + ":2: a word has at most 1048576 characters, and the one that begins with '"
            + "a".repeat(40)
            + "…' has more; check that this is text whose words are separated, or use --tokens bytes";
    try (var gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
      gzip.write(("b\n" + longest + "a\n").getBytes(StandardCharsets.UTF_8));
    }
    var words = new Words(List.of("<unk>", "<eos>"));
    Refusal.of(DataException.class, message, () -> Words.countIn(file));
    Refusal.of(DataException.class, message, () -> Words.count(file, 9, new Range(0, 9)));
    Refusal.of(DataException.class, message, () -> Tokens.read(file, words));
    // What is in memory has had its room.
    assertArrayEquals(new int[] {0, 0}, words.encode("b " + longest + "a"));
  }

  @Test
  void whatGoesOnIsNotGluedToTheTextBeforeIt() {
    var words = new Words(List.of("<unk>", "<eos>", "dark", "night"));
    assertEquals(" night", words.decoderAfter("a dark").next(3));
    assertEquals("night", words.decoderAfter("a dark ").next(3));
    assertEquals("night", words.decoderAfter("a dark\n").next(3));
    assertEquals("night", words.decoderAfter("").next(3));
    assertEquals("\n", words.decoderAfter("a dark").next(1));
  }

  @Test
  void namesTheWordsThatItDoesNotKnow() {
    var words = new Words(List.of("<unk>", "<eos>", "dark", "night"));
    assertEquals(List.of("stormy", "and"), words.unknownIn("dark stormy night\nand stormy <unk>"));
    assertEquals(List.of(), words.unknownIn(" dark  night\n"));
  }

  @Test
  void refusesBrokenVocabularies() {
    refused("needs the word <unk>", List.of("<eos>", "a"));
    refused("needs the word <eos>", List.of("<unk>", "a"));
    refused("'a' is in the vocabulary twice", List.of("<unk>", "a", "<eos>", "a"));
    Refusal.containing(
        IllegalArgumentException.class, "found 1", () -> Words.count(file, 1, new Range(0, 1)));
    var words = new Words(List.of("<unk>", "<eos>"));
    Refusal.of(
        IllegalArgumentException.class,
        "a vocabulary of 2 words has no word 2",
        () -> words.decoder().next(2));
    Refusal.containing(IllegalArgumentException.class, "no word -1", () -> words.word(-1));
  }

  private static void refused(String part, List<String> words) {
    Refusal.containing(IllegalArgumentException.class, part, () -> new Words(words));
  }
}
