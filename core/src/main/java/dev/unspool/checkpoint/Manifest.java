// SPDX-License-Identifier: Apache-2.0
package dev.unspool.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The file {@code checkpoint.json}: which files belong together, what they must look like, and
 * whatever the owner wrote about them. It carries a checksum of itself, over its JSON without that
 * member and without blanks.
 *
 * @param about the owner's text
 * @param weights name and looks of the file of parameters
 * @param state name and looks of the file of the snapshot
 */
record Manifest(Map<String, String> about, FileEntry weights, FileEntry state) {
  private static final String FORMAT = "unspool-checkpoint-1";
  private static final String CHECKSUM = "crc32c";
  private static final int LARGEST = 16 << 20;

  /**
   * One file.
   *
   * @param file its name, in the folder of the manifest
   * @param bytes its length
   * @param crc32c checksum of its content, eight hexadecimal digits
   */
  record FileEntry(String file, long bytes, String crc32c) {
    private JsonObject toJson() {
      var json = new JsonObject();
      json.addProperty("file", file);
      json.addProperty("bytes", bytes);
      json.addProperty("crc32c", crc32c);
      return json;
    }
  }

  /** The manifest as JSON. */
  byte[] toJson() {
    var gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();
    var json = new JsonObject();
    json.addProperty("format", FORMAT);
    var text = new JsonObject();
    about.forEach(text::addProperty);
    json.add("about", text);
    json.add("weights", weights.toJson());
    json.add("state", state.toJson());
    json.addProperty(CHECKSUM, checksum(json));
    return (gson.toJson(json) + "\n").getBytes(UTF_8);
  }

  private static String checksum(JsonObject json) {
    var checksum = new CRC32C();
    checksum.update(json.toString().getBytes(UTF_8));
    return hex(checksum.getValue());
  }

  static String hex(long crc32c) {
    return HexFormat.of().toHexDigits((int) crc32c);
  }

  /**
   * Reads a manifest.
   *
   * @throws CheckpointException if it is missing or damaged
   */
  static Manifest read(Path file) throws IOException {
    try {
      long size = RegularFile.requireSize(file);
      if (size > LARGEST) {
        throw damaged(file, "%s bytes, expected at most %s".formatted(size, LARGEST));
      }
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
      return parse(file, text);
    } catch (NoSuchFileException e) {
      throw new CheckpointException(
          file, "there is no such file, so the folder holds no checkpoint; check the path", e);
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NumberFormatException
        | CharacterCodingException e) {
      throw damaged(file, "not the JSON of a checkpoint: " + Messages.line(e));
    }
  }

  private static Manifest parse(Path file, String text) throws CheckpointException {
    var strict = new GsonBuilder().setStrictness(Strictness.STRICT).create();
    JsonObject json = strict.fromJson(text, JsonObject.class);
    if (json == null) {
      throw damaged(file, "an empty file");
    }
    String format = member(json, "format").getAsString();
    if (!format.equals(FORMAT)) {
      throw new CheckpointException(
          file,
          "found the format '%s', expected '%s'; use the version of Unspool that wrote it"
              .formatted(Messages.shorten(format), FORMAT));
    }
    JsonElement found = json.remove(CHECKSUM);
    String expected = checksum(json);
    if (found == null || !found.isJsonPrimitive() || !found.getAsString().equals(expected)) {
      throw damaged(
          file,
          "found the checksum %s, its content has %s"
              .formatted(Messages.shorten(String.valueOf(found)), expected));
    }
    var about = new LinkedHashMap<String, String>();
    for (var entry : member(json, "about").getAsJsonObject().entrySet()) {
      about.put(entry.getKey(), entry.getValue().getAsString());
    }
    return new Manifest(about, entry(file, json, "weights"), entry(file, json, "state"));
  }

  private static FileEntry entry(Path file, JsonObject json, String kind)
      throws CheckpointException {
    JsonObject object = member(json, kind).getAsJsonObject();
    var entry =
        new FileEntry(
            member(object, "file").getAsString(),
            member(object, "bytes").getAsLong(),
            member(object, "crc32c").getAsString());
    // The name must not lead out of the folder.
    if (!entry.file().matches(kind + "-[0-9]{1,18}\\.safetensors")) {
      throw damaged(
          file,
          "names the file '%s', expected %s-<number>.safetensors"
              .formatted(Messages.shorten(entry.file()), kind));
    }
    return entry;
  }

  private static JsonElement member(JsonObject json, String name) {
    JsonElement member = json.get(name);
    if (member == null) {
      throw new IllegalStateException("no member '%s'".formatted(name));
    }
    return member;
  }

  private static CheckpointException damaged(Path file, String message) {
    return new CheckpointException(
        file, message + "; the file is damaged, go back to another checkpoint");
  }
}
