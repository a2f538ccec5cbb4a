// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BytesTest {
  private static final String TEXT = "aé日𝒳\n";

  private final Bytes bytes = new Bytes();
  @TempDir private Path folder;

  @Test
  void encodesAsUtf8AndBack() {
    assertEquals(256, bytes.size());
    assertEquals("bytes", bytes.label());
    assertArrayEquals(new int[] {'a', 0xc3, 0xa9}, bytes.encode("aé"));
    assertEquals(TEXT, bytes.decode(bytes.encode(TEXT)));
  }

  @Test
  void decoderNeverPrintsHalfACharacter() {
    var decoder = bytes.decoder();
    var shown = new StringBuilder();
    for (int token : bytes.encode(TEXT)) {
      shown.append(decoder.next(token)).append('|');
    }
    assertEquals("a||é|||日||||𝒳|\n|", shown.toString());
    assertEquals("", decoder.finish());
  }

  @Test
  void decoderReplacesWhatIsNotACharacter() {
    assertEquals("a\ufffdb", bytes.decode('a', 0xff, 'b'));
    assertEquals("\ufffdb", bytes.decode(0xc3, 'b'));
    assertEquals("\ufffdé", bytes.decode(0xe6, 0xc3, 0xa9));
    var decoder = bytes.decoder();
    assertEquals("", decoder.next(0xe6));
    assertEquals("", decoder.next(0x97));
    assertEquals("\ufffd", decoder.finish());
    assertEquals("c", decoder.next('c'));
    assertEquals("", decoder.finish());
  }

  @Test
  void decoderSurvivesAnyBytes() {
    var random = new Random(5);
    for (int i = 0; i < 200; i++) {
      var raw = new byte[50];
      random.nextBytes(raw);
      var tokens = new int[raw.length];
      for (int k = 0; k < raw.length; k++) {
        tokens[k] = Byte.toUnsignedInt(raw[k]);
      }
      assertEquals(new String(raw, StandardCharsets.UTF_8), bytes.decode(tokens));
    }
  }

  @Test
  void fileIsItsOwnTokens() throws IOException {
    Path file = folder.resolve("text");
    Files.writeString(file, TEXT);
    try (var tokens = Tokens.read(file, bytes)) {
      assertEquals(11, tokens.size());
      assertEquals(bytes, tokens.vocabulary());
      int[] expected = bytes.encode(TEXT);
      for (int i = 0; i < 11; i++) {
        assertEquals(expected[i], tokens.at(i));
      }
      assertEquals(5, tokens.characters(new Range(0, 11)));
      assertEquals(1, tokens.characters(new Range(1, 3)));
      assertEquals(2, tokens.characters(new Range(2, 7)));
      assertThrows(IndexOutOfBoundsException.class, () -> tokens.at(11));
      Refusal.of(
          IllegalArgumentException.class,
          "tokens 5 to 12 were asked for, there are 11",
          () -> tokens.characters(new Range(5, 12)));
    }
  }

  @Test
  void anyBytesAreFine() throws IOException {
    Path file = folder.resolve("binary");
    Files.write(file, new byte[] {(byte) 0xff, 0, (byte) 0x80});
    try (var tokens = Tokens.read(file, bytes)) {
      assertEquals(255, tokens.at(0));
      assertEquals(128, tokens.at(2));
    }
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws IOException {
    Path file = folder.resolve("text");
    Refusal.of(
        DataException.class,
        file + ": file not found; check the path",
        () -> Tokens.read(file, bytes));
    Refusal.of(
        DataException.class,
        folder + ": is a directory, expected a file",
        () -> Tokens.read(folder, bytes));
    Files.createFile(file);
    Refusal.of(DataException.class, file + ": the file is empty", () -> Tokens.read(file, bytes));
    Refusal.of(
        IllegalArgumentException.class,
        "a byte is from 0 to 255, found the token 256",
        () -> bytes.decoder().next(256));
  }
}
