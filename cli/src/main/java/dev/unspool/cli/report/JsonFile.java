// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import dev.unspool.checkpoint.DurableFile;
import dev.unspool.checkpoint.RegularFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds one JSON object, as it was found: anybody may have changed it, and a disk may
 * have damaged it. Every complaint is an {@link IOException} of one line that names the file.
 */
public final class JsonFile {
  private static final int LARGEST = 64 << 20;
  private static final String CHECKSUM = "crc32c";

  private final Path file;
  private final JsonObject members;
  private final String advice;

  private JsonFile(Path file, JsonObject members, String advice) {
    this.file = file;
    this.members = members;
    this.advice = advice;
  }

  /**
   * Reads a file.
   *
   * @param advice what to do if it is damaged; may be empty
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static JsonFile read(Path file, String advice) throws IOException {
    String text = RegularFile.readText(file, LARGEST);
    JsonElement json;
    try {
      json = Json.parseStrictly(text);
    } catch (JsonParseException e) {
      throw damaged(file, "it is not JSON", advice);
    }
    if (json instanceof JsonObject object) {
      return new JsonFile(file, object, advice);
    }
    String found = json == null || json.isJsonNull() ? "nothing" : Json.shortened(json.toString());
    throw damaged(file, "it holds " + found, advice);
  }

  /**
   * Writes an object with a checksum of itself, over its JSON without that member and without
   * blanks.
   */
  public static void writeWithChecksum(Path file, Object value) throws IOException {
    JsonObject json = Json.tree(value).getAsJsonObject();
    json.addProperty(CHECKSUM, checksum(json));
    DurableFile.write(file, (Json.pretty(json) + "\n").getBytes(UTF_8));
  }

  private static String checksum(JsonObject json) {
    var checksum = new CRC32C();
    checksum.update(json.toString().getBytes(UTF_8));
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  /** Refuses a file that was changed after it was written; one without a checksum passes. */
  public void requireUnchanged() throws IOException {
    JsonElement found = members.get(CHECKSUM);
    if (found == null) {
      return;
    }
    JsonObject content = members.deepCopy();
    content.remove(CHECKSUM);
    String expected = checksum(content);
    if (!found.isJsonPrimitive() || !found.getAsString().equals(expected)) {
      throw damaged(
          file,
          "it was changed after it was written (found the checksum %s, its content has %s)"
              .formatted(Json.shortened(found.toString()), expected),
          advice);
    }
  }

  /** Whether it has a member of that name. */
  public boolean has(String name) {
    return members.has(name);
  }

  /** The same file, read as if it said something else. */
  public JsonFile translated(UnaryOperator<JsonObject> translation) {
    return new JsonFile(file, translation.apply(members), advice);
  }

  /** The whole of it. */
  public <T> T as(Class<T> type) throws IOException {
    return value(members, type, "");
  }

  /** One of its members, null if it is missing. */
  public <T> @Nullable T member(String name, Class<T> type) throws IOException {
    JsonElement member = members.get(name);
    return member == null || member.isJsonNull() ? null : value(member, type, name);
  }

  private <T> T value(JsonElement json, Class<T> type, String what) throws IOException {
    try {
      JsonShape.require(json, type, what);
      return Json.value(json, type);
    } catch (RuntimeException e) {
      // Gson wraps what a record's constructor throws.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw damaged(file, String.valueOf(cause.getMessage()), advice);
    }
  }

  private static IOException damaged(Path file, String message, String advice) {
    String line = message.lines().findFirst().orElse("");
    return new IOException(
        "%s is damaged: %s%s".formatted(file, line, advice.isEmpty() ? "" : "; " + advice));
  }
}
