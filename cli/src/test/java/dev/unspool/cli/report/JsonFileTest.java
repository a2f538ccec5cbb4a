// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.model.WeightPolicy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonFileTest {
  @TempDir Path folder;
  Path file = Path.of("");

  record Part(long count, double[] values) {}

  record Whole(
      int number,
      boolean flag,
      char mark,
      WeightPolicy policy,
      List<String> names,
      Map<String, Part> parts,
      @Nullable Double nothing,
      @SaidLater int later) {}

  private static final Whole WHOLE =
      new Whole(
          1,
          true,
          ';',
          WeightPolicy.REPLAY,
          List.of("a", "b"),
          Map.of("one", new Part(1L << 40, new double[] {0.5, -1})),
          null,
          7);

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("whole.json");
    JsonFile.writeWithChecksum(file, WHOLE);
  }

  private String refusal() {
    String line =
        String.valueOf(
            assertThrows(IOException.class, () -> JsonFile.read(file, "do this").as(Whole.class))
                .getMessage());
    assertTrue(line.contains("whole.json"), line);
    assertEquals(1, line.lines().count(), line);
    return line;
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    JsonFile json = JsonFile.read(file, "");
    json.requireUnchanged();
    assertEquals(Json.line(WHOLE), Json.line(json.as(Whole.class)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"number\": 1 | \"nomber\": 1 | 'number' is missing",
        "\"number\": 1 | \"number\": null | 'number' is missing",
        "\"number\": 1 | \"number\": 1.5 | 'number' is 1.5, expected a whole number",
        "\"number\": 1 | \"number\": 1e99 | expected a whole number",
        "\"number\": 1 | \"number\": 1e999999999 | expected a whole number",
        "\"number\": 1 | \"number\": \"1\" | expected a whole number",
        "\"number\": 1 | \"number\": 2147483648 | 2147483647",
        "\"flag\": true | \"flag\": 1 | true or false",
        "\"mark\": \";\" | \"mark\": \";;\" | one character",
        "\"policy\": \"replay\" | \"policy\": \"none\" | as-applied",
        "\"policy\": \"replay\" | \"policy\": {} | 'policy' is {}, expected a text",
        "\"a\" | null | 'names[0]' is missing",
        "\"a\" | 3 | 'names[0]' is 3, expected a text",
        "\"one\" | \"two\": 3, \"one\" | 'parts.two' is 3, expected an object",
        "0.5 | 1e999 | 'parts.one.values[0]' is 1e999, expected a finite number",
        "0.5 | NaN | it is not JSON",
        "\"count\" | \"cuont\" | 'parts.one.count' is missing",
      })
  void whatIsNotAsItMustBeIsNamed(String from, String to, String expected) throws IOException {
    String intact = Files.readString(file);
    String damaged = intact.replace(from, to);
    assertTrue(!damaged.equals(intact), from);
    Files.writeString(file, damaged);
    String line = refusal();
    assertTrue(line.contains(expected), line);
    assertTrue(line.endsWith("; do this"), line);
  }

  @Test
  void whatEarlierFilesDoNotHaveMayBeMissing() throws IOException {
    Files.writeString(file, Files.readString(file).replace("\"later\": 7", "\"earlier\": 7"));
    assertEquals(0, JsonFile.read(file, "").as(Whole.class).later());
  }

  @Test
  void aChangeIsNoticed() throws IOException {
    Files.writeString(file, Files.readString(file).replace("\"number\": 1", "\"number\": 2"));
    JsonFile json = JsonFile.read(file, "do this");
    assertThrows(IOException.class, json::requireUnchanged);
    JsonFile.writeWithChecksum(file, json.as(Whole.class));
    JsonFile.read(file, "").requireUnchanged();
  }

  @Test
  void whatIsNoFileIsNotWaitedFor() throws Exception {
    Files.delete(file);
    Files.createDirectory(file);
    assertTrue(refusal().contains("found a folder"));
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of("/dev/zero"));
    assertTrue(refusal().contains("a pipe or a device"));
    Files.delete(file);
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    assertTrue(refusal().contains("a pipe or a device"));
    Files.delete(file);
    try (var large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(3L << 30);
    }
    assertTrue(refusal().contains("found 3221225472 bytes"));
  }

  @Test
  void whatIsNoJsonIsDamaged() throws IOException {
    for (String damaged :
        List.of("", " ", "null", "[]", "3", "{", "{}}", "[".repeat(100_000), "{'a': 1}")) {
      Files.writeString(file, damaged);
      refusal();
    }
    Files.write(file, new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'});
    assertTrue(refusal().contains("UTF-8"));
  }
}
