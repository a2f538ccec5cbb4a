// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online.kafka;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.gson.JsonParseException;
import dev.unspool.cli.online.RotatedFile;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which partition each record was taken from, written before a record is answered. What comes while
 * it is waited for has no other order than that in which it came, and whoever goes on from a
 * snapshot takes it in the same one.
 */
final class MergeOrder {
  private static final long LIMIT = 16L << 20;

  private final Path path;
  private final Consumer<String> warnings;
  private final RotatedFile file;

  /**
   * Records in a row.
   *
   * @param record number of the first
   * @param partitions of each
   */
  private record Taken(long record, List<Integer> partitions) {
    List<Integer> from(long other) {
      return partitions.subList(
          (int) Math.clamp(other - record, 0, partitions.size()), partitions.size());
    }
  }

  /**
   * The order that stands in a file.
   *
   * @param warnings takes what people should know
   */
  MergeOrder(Path path, Consumer<String> warnings) {
    this.path = path;
    this.warnings = warnings;
    this.file = new RotatedFile(path, LIMIT, warnings);
  }

  /** Keeps the partitions of records, of which the first has that number. */
  void keep(long record, List<Integer> partitions) {
    file.append(new Taken(record, partitions));
  }

  /**
   * The partitions of the records behind so many, as far as they are known. Nothing depends on a
   * file that is missing or damaged.
   */
  List<Integer> behind(long records) {
    var known = new ArrayList<Integer>();
    for (Path each : List.of(RotatedFile.former(path), path)) {
      if (Files.isRegularFile(each)) {
        try (BufferedReader lines = Files.newBufferedReader(each, ISO_8859_1)) {
          read(lines, records + 1, known);
        } catch (IOException e) {
          warnings.accept("%s cannot be read (%s)".formatted(each, Reason.of(e)));
        }
      }
    }
    return known;
  }

  /** Takes in lines; one that begins before the end of what is known says the rest anew. */
  private static void read(BufferedReader lines, long begin, List<Integer> known)
      throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Taken taken = parsed(line);
      if (taken == null) {
        continue;
      }
      int left = (int) Math.clamp(taken.record - begin, 0, known.size());
      known.subList(left, known.size()).clear();
      if (taken.record <= begin + left) {
        known.addAll(taken.from(begin));
      } else {
        known.clear(); // of some before it nothing is known
      }
    }
  }

  private static @Nullable Taken parsed(String line) {
    try {
      Taken taken = Json.parse(line, Taken.class);
      return taken == null || taken.partitions == null || taken.partitions.contains(null)
          ? null
          : taken;
    } catch (JsonParseException _) {
      return null; // half a line
    }
  }
}
