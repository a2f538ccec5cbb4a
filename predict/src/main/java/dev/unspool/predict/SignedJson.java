// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Records in files of JSON, with a checksum of themselves. */
final class SignedJson {
  private static final String CHECKSUM = "crc32c";
  private static final Pattern SIGNED =
      Pattern.compile("(\\{.*),\"crc32c\":\"([0-9a-f]{8})\"\\}", Pattern.DOTALL);
  private static final int LARGEST = 256 << 20;

  private SignedJson() {}

  /** A record, and the checksum of it. */
  static byte[] write(Record record) {
    Map<?, ?> members = (Map<?, ?>) Objects.requireNonNull(Records.write(record));
    var signed = new LinkedHashMap<Object, @Nullable Object>(members);
    signed.put(CHECKSUM, checksum(members));
    return Json.write(signed).getBytes(UTF_8);
  }

  /**
   * The members of an object, without the checksum.
   *
   * @param always whether one without a checksum is refused
   * @throws IllegalArgumentException if it is none, or its content is not what it was
   */
  static Map<?, ?> parse(String text, boolean always) {
    if (!(Json.parse(text) instanceof Map<?, ?> members)) {
      throw new IllegalArgumentException("it is no object");
    }
    var content = new LinkedHashMap<Object, @Nullable Object>(members);
    Object said = content.remove(CHECKSUM);
    if ((always || said != null) && !checksum(content).equals(said)) {
      throw new IllegalArgumentException(
          "its content has the checksum %s, it should have %s".formatted(checksum(content), said));
    }
    return content;
  }

  /**
   * The same of a file that the trainer writes: its checksum, the last member, is of its text
   * without that and without blanks.
   */
  static Map<?, ?> parseWritten(String text) {
    Object value = Json.parse(text);
    String compact = text.replaceAll("(\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+\")|\\s+", "$1");
    Matcher signed = SIGNED.matcher(compact);
    if (!(value instanceof Map<?, ?> members) || !signed.matches()) {
      throw new IllegalArgumentException("it does not end with a checksum of itself");
    }
    var crc = new CRC32C();
    crc.update((signed.group(1) + "}").getBytes(UTF_8));
    if (!hexadecimal(crc).equals(signed.group(2))) {
      throw new IllegalArgumentException(
          "its content has the checksum %s, it should have %s"
              .formatted(hexadecimal(crc), signed.group(2)));
    }
    return members;
  }

  /**
   * Reads a file.
   *
   * @param remedy what to do if it is damaged
   * @throws NoSuchFileException if there is none
   * @throws ForecasterException with one line that names the file, if it is no file or damaged
   */
  static <T> T read(Path file, String remedy, Function<String, T> content) throws IOException {
    try {
      return content.apply(RegularFile.readText(file, LARGEST));
    } catch (IllegalArgumentException | ArithmeticException | CharacterCodingException e) {
      String found = e instanceof CharacterCodingException ? "not UTF-8" : e.getMessage();
      throw new ForecasterException("%s is damaged: %s; %s".formatted(file, found, remedy), e);
    }
  }

  /** Of the content without blanks that say nothing. */
  private static String checksum(Map<?, ?> members) {
    var crc = new CRC32C();
    crc.update(Json.line(members).getBytes(UTF_8));
    return hexadecimal(crc);
  }

  /** Eight digits, as checksums are written. */
  static String hexadecimal(CRC32C crc) {
    String digits = Long.toHexString(crc.getValue());
    return "0".repeat(8 - digits.length()) + digits;
  }
}
