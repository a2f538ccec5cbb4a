// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.report;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.Strictness;
import dev.unspool.checkpoint.DurableFile;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Records as JSON: names in lower case with underscores, what is null left out. */
public final class Json {
  private static final FieldNamingPolicy NAMES = FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES;
  private static final Gson LINE = builder().create();
  private static final Gson PRETTY = builder().setPrettyPrinting().create();
  private static final Gson STRICT = builder().setStrictness(Strictness.STRICT).create();
  private static final int LONGEST = 60;

  private Json() {}

  private static GsonBuilder builder() {
    return new GsonBuilder()
        .setFieldNamingPolicy(NAMES)
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
    return JsonFile.read(file, "").as(type);
  }

  /** Parses a text; null if there is nothing in it. */
  public static <T> @Nullable T parse(String line, Class<T> type) {
    return LINE.fromJson(line, type);
  }

  /** Parses any JSON; null if the text is empty. */
  static @Nullable JsonElement parseStrictly(String text) {
    return STRICT.fromJson(text, JsonElement.class);
  }

  /** A value as JSON; what is null is left out. */
  public static JsonElement tree(Object value) {
    return LINE.toJsonTree(value);
  }

  static <T> T value(JsonElement json, Class<T> type) {
    return LINE.fromJson(json, type);
  }

  /** Name of a record's component in a file. */
  static String name(RecordComponent component) {
    try {
      return NAMES.translateName(
          component.getDeclaringRecord().getDeclaredField(component.getName()));
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  /** A text out of a file, short enough for a message and without control characters. */
  static String shortened(String text) {
    String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  /** Writes a value; a reader sees the old file or the new one, whole. */
  public static void write(Path file, Object value) throws IOException {
    DurableFile.write(file, (pretty(value) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
