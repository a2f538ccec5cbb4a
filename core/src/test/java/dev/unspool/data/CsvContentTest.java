// SPDX-License-Identifier: Apache-2.0
package dev.unspool.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that hold no table, or not as plain text. */
final class CsvContentTest extends CsvOnDisk {
  /** Expects an error about the whole file. */
  private void unusable(String message) {
    Refusal.of(DataException.class, path + ": " + message, () -> file.header());
    Refusal.of(DataException.class, path + ": " + message, () -> file.read(X));
    Refusal.of(DataException.class, path + ": " + message, () -> file.skippingBadRows().read(X));
  }

  @Test
  void saysWhatIsWrongWithTheFile() throws IOException {
    unusable("file not found; check the path");
    write("");
    unusable("the file is empty");
    write("\n\n");
    unusable("the file is empty, expected a line of column names");
    write("\ufeff");
    unusable("the file is empty, expected a line of column names");
    Files.delete(path);
    Files.createDirectory(path);
    unusable("is a directory, expected a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x,y", "x,y\n", "x,y\r\n\r\n"})
  void headerAloneIsNotEnough(String text) throws IOException {
    write(text);
    assertEquals(List.of("x", "y"), file.header());
    Refusal.of(
        DataException.class,
        path + ": there is nothing below the line of column names, expected rows of numbers",
        () -> file.read(X));
  }

  @Test
  void onlyBadRowsAreNotEnough() throws IOException {
    write("x\na\nb\n");
    Refusal.of(
        DataException.class,
        path + ": all 2 rows are bad; read it without --skip-bad-rows to see why",
        () -> file.skippingBadRows().read(X));
  }

  private static void gzip(Path to, byte[] content) throws IOException {
    try (var out = new GZIPOutputStream(Files.newOutputStream(to))) {
      out.write(content);
    }
  }

  @Test
  void readsWhatGzipCompressed() throws IOException {
    gzip(path, "x,y\n1,2\n3,4\n".getBytes(StandardCharsets.UTF_8));
    try (var table = file.read(List.of("y"))) {
      assertEquals(2, table.rows());
      assertEquals(4, table.get(1, 0));
    }
    gzip(path, "x,y\n1,2\n3,é\n".getBytes(StandardCharsets.ISO_8859_1));
    Refusal.containing(DataException.class, path + ":3: found the byte 0xe9", () -> file.read(X));
    gzip(path, ("x,y\n" + "1,2\n".repeat(1000)).getBytes(StandardCharsets.UTF_8));
    byte[] all = Files.readAllBytes(path);
    for (int length : new int[] {5, all.length / 2, all.length - 1}) {
      Files.write(path, Arrays.copyOf(all, length));
      Refusal.containing(
          DataException.class,
          path + ": the gzip data are damaged or cut off",
          () -> file.skippingBadRows().read(X));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "504b030414, spreadsheet (xlsx",
    "d0cf11e0a1b11ae1, spreadsheet (xls)",
    "fd377a585a00, xz",
    "425a6839314159265359, bzip2",
    "28b52ffd, Zstandard",
    "fffe7800, UTF-16",
    "feff0078, UTF-16",
  })
  void saysWhatAFileIsThatHoldsNoText(String bytes, String kind) throws IOException {
    Files.write(path, HexFormat.of().parseHex(bytes));
    Refusal.containing(DataException.class, kind, () -> file.read(X));
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    Files.write(path, "x,y\n1,2\n3,é\n".getBytes(StandardCharsets.ISO_8859_1));
    unusable(":3: found the byte 0xe9, which is not UTF-8; convert the file to UTF-8", "");
    Files.write(
        path, ("x,y\n" + "1,2\n".repeat(50_000) + "é").getBytes(StandardCharsets.ISO_8859_1));
    Refusal.of(
        DataException.class,
        path + ":50002: found the byte 0xe9, which is not UTF-8; convert the file to UTF-8",
        () -> file.read(X));
  }

  private void unusable(String rest, String separator) {
    Refusal.of(DataException.class, path + separator + rest, () -> file.read(X));
    Refusal.of(DataException.class, path + separator + rest, () -> file.header());
  }

  @Test
  void refusesBrokenQuotes() throws IOException {
    write("x,y\n1,2\n3,\"4\n5,6\n");
    Refusal.containing(DataException.class, "record starting at line 3", () -> file.read(X));
    Refusal.containing(
        DataException.class,
        "a quote inside of a quoted field is written twice",
        () -> file.skippingBadRows().read(X));
    write("x,y\n1,\"2\"3\n");
    Refusal.containing(DataException.class, path + ": ", () -> file.read(X));
  }
}
