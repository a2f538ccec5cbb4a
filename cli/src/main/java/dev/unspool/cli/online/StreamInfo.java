// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.online;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import dev.unspool.checkpoint.SnapshotSeries;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is in the folder of a stream.
 *
 * @param folder its path
 * @param config how it is learned from
 * @param records that the newest snapshot is of
 * @param about what that snapshot says beside
 * @param damaged newer snapshots that cannot be used, and why
 * @param newest how it stood when a line of metrics was written last; null before there is one
 * @param files names of the files
 */
public record StreamInfo(
    String folder,
    OnlineConfig config,
    long records,
    Map<String, String> about,
    List<String> damaged,
    @Nullable StreamStatus newest,
    List<String> files) {
  /** Bytes of the file's end in which its last line is. */
  private static final int TAIL = 1 << 18;

  /** Looks into a folder. */
  public static StreamInfo read(OnlineFolder folder) throws IOException {
    OnlineConfig config = folder.readConfig();
    SnapshotSeries.Newest newest = folder.snapshots(1).newest();
    Optional<SnapshotSeries.Saved> saved = newest.snapshot();
    return new StreamInfo(
        folder.path().toString(),
        config,
        saved.map(SnapshotSeries.Saved::number).orElse(0L),
        saved.map(SnapshotSeries.Saved::about).orElse(Map.of()),
        newest.damaged().stream().map(SnapshotSeries.Damaged::reason).toList(),
        last(folder.metrics()),
        folder.files());
  }

  /** The last line of a file that is one. */
  private static @Nullable StreamStatus last(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try (var bytes = new RandomAccessFile(file.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(bytes.length(), TAIL)];
      bytes.seek(bytes.length() - tail.length);
      bytes.readFully(tail);
      return new String(tail, UTF_8)
          .lines()
          .map(StreamInfo::parsed)
          .flatMap(Optional::stream)
          .reduce((_, later) -> later)
          .orElse(null);
    }
  }

  private static Optional<StreamStatus> parsed(String line) {
    try {
      StreamStatus status = Json.parse(line, StreamStatus.class);
      return status != null && status.figures() != null
          ? Optional.of(status)
          : Optional.empty(); // a line of something else
    } catch (JsonParseException _) {
      return Optional.empty(); // half a line, or none of ours
    }
  }

  /** The same for people. */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    StreamColumns columns = config.stream().columns();
    LearningConfig learning = config.learning();
    add(lines, "stream", folder);
    add(
        lines,
        "learns",
        "%s from %s, %s%s"
            .formatted(
                CsvLine.list(columns.targets()),
                CsvLine.list(columns.inputs()),
                learning.output().ahead(),
                by(config.stream())));
    add(lines, "network", learning.network().describe());
    add(
        lines,
        "learning",
        "%s, %s, rate %s"
            .formatted(
                learning.sweep().describe(),
                Labels.of(learning.rule().optimizer()),
                Numbers.of(learning.lr())));
    if (config.from() != null) {
      add(lines, "from", config.from());
    }
    add(
        lines,
        "snapshot",
        "%s, %s unusable; %s updates; %s"
            .formatted(
                Numbers.count(records, "record"),
                about.getOrDefault("unusable", "0"),
                about.getOrDefault("updates", "0"),
                "keys: " + about.getOrDefault("keys", "0")));
    damaged.forEach(reason -> add(lines, "damaged", reason));
    if (newest != null) {
      for (StreamStatus.Figures each : newest.figures()) {
        add(lines, each == newest.figures().getFirst() ? "errors" : "", described(each));
      }
    }
    add(lines, "files", String.join(", ", files));
    return lines;
  }

  private static String by(StreamConfig stream) {
    String column = stream.columns().key();
    return !stream.keyed() ? "" : ", by " + (column == null ? "the key of messages" : column);
  }

  private static String described(StreamStatus.Figures figures) {
    var text = new StringBuilder();
    text.append("%s +%s: ".formatted(figures.target(), figures.ahead()));
    Double mae = figures.lately().mae();
    if (mae == null) {
      return text.append("none yet").toString();
    }
    text.append("mean absolute error %s of late".formatted(Numbers.of(mae)));
    Double combined = figures.lately().combined();
    if (combined != null) {
      text.append(", combined ").append(Numbers.of(combined));
    }
    figures
        .lately()
        .baselines()
        .forEach(
            (name, error) -> {
              if (error != null) {
                text.append(", %s %s".formatted(name, Numbers.of(error)));
              }
            });
    if (figures.alarms() > 0) {
      text.append("; grew ").append(Numbers.count(figures.alarms(), "time"));
    }
    return text.toString();
  }

  private static void add(List<String> lines, String name, String value) {
    lines.add("%-12s%s".formatted(name, value));
  }
}
