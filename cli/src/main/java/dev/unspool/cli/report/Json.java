// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Records as JSON: names in lower case with underscores, what is null left out. */
public final class Json {
  private static final Gson LINE = builder().create();
  private static final Gson PRETTY = builder().setPrettyPrinting().create();

  private Json() {}

  private static GsonBuilder builder() {
    return new GsonBuilder()
        .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
        .registerTypeAdapterFactory(new LabelAdapters())
        .disableHtmlEscaping();
  }

  /** One line. */
  public static String line(Object value) {
    return LINE.toJson(value);
  }

  /** Many lines, for people. */
  public static String pretty(Object value) {
    return PRETTY.toJson(value);
  }

  /**
   * Reads a value.
   *
   * @throws IOException with one line that names the file, if it is missing or not what is expected
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    T value;
    try {
      value = LINE.fromJson(Files.readString(file), type);
    } catch (JsonParseException | MalformedInputException e) {
      throw new IOException("%s is damaged: %s".formatted(file, firstLine(e)), e);
    }
    if (value == null) {
      throw new IOException("%s is damaged: it is empty".formatted(file));
    }
    return value;
  }

  /** Makes a record of what was read as a map; null stays null. */
  public static <T> @Nullable T convert(@Nullable Object value, Class<T> type) {
    return value == null ? null : LINE.fromJson(LINE.toJsonTree(value), type);
  }

  /** Parses a text; null if there is nothing in it. */
  public static <T> @Nullable T parse(String line, Class<T> type) {
    return LINE.fromJson(line, type);
  }

  /** Writes a value to a temporary file and renames it: a reader sees the old file or the new. */
  public static void write(Path file, Object value) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, pretty(value) + "\n");
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
