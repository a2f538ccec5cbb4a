// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.cli.report.Json;
import dev.unspool.network.Input;
import dev.unspool.network.NetworkSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is needed to build a run again: {@code config.json}.
 *
 * @param format of this file; 1
 * @param run a name that the run's checkpoint carries too, so that no other one is taken for it;
 *     null in files that do not say it
 * @param csv the table, for forecasts
 * @param text the text, for language models; exactly one of the two is there
 * @param network the network
 * @param training how it is trained
 */
public record RunConfig(
    int format,
    @Nullable String run,
    @Nullable CsvConfig csv,
    @Nullable TextConfig text,
    NetworkConfig network,
    TrainingConfig training) {
  /** The format written. */
  static final int FORMAT = 1;

  /** A run over a table. */
  public static RunConfig of(CsvConfig csv, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, null, csv, null, network, training);
  }

  /** A run over a text. */
  public static RunConfig of(TextConfig text, NetworkConfig network, TrainingConfig training) {
    return new RunConfig(FORMAT, null, null, text, network, training);
  }

  /**
   * The same as a run of its own, named by what it begins with: its configuration and the checksums
   * of its data.
   */
  public RunConfig named() {
    String name = Digest.of(Json.line(this).getBytes(UTF_8));
    return new RunConfig(format, name, csv, text, network, training);
  }

  /** The same with other data. */
  public RunConfig with(CsvConfig other) {
    return new RunConfig(format, run, other, null, network, training);
  }

  /** The same with other data. */
  public RunConfig with(TextConfig other) {
    return new RunConfig(format, run, null, other, network, training);
  }

  /** The same trained differently. */
  public RunConfig with(TrainingConfig other) {
    return new RunConfig(format, run, csv, text, network, other);
  }

  /** The same run over data that are elsewhere; the path is kept as an absolute one. */
  public RunConfig at(Path file) {
    String path = file.toAbsolutePath().toString();
    if (csv != null) {
      return with(csv.at(path));
    }
    return text != null ? with(text.at(path)) : this;
  }

  /** Where the data are. */
  public String file() {
    if (csv != null) {
      return csv.file();
    }
    return text == null ? "" : text.file();
  }

  /**
   * Refuses what its parts alone do not show to be wrong.
   *
   * @throws IllegalArgumentException if no network can be built from it
   * @throws UsageException likewise
   */
  void requireUsable() {
    if ((csv == null) == (text == null)) {
      throw new IllegalArgumentException("it needs either csv or text");
    }
    Path _ = Path.of(file());
    if (csv != null) {
      csv.requireUsable();
    }
    spec(new Architecture(network, null));
  }

  /**
   * The network; of words as many as there may be.
   *
   * @param architecture of this run
   * @throws UsageException if none can be built
   */
  NetworkSpec spec(Architecture architecture) {
    if (csv != null) {
      return architecture.spec(new Input.Numeric(csv.inputs().size()), csv.outputs());
    }
    int words = text == null || text.tokens() == TokenKind.BYTES ? 256 : text.vocabulary();
    return architecture.spec(network.tokens(words), words);
  }
}
